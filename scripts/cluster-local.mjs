// A real Temporal cluster on this machine without docker: Temporal's server built by Go, PostgreSQL of the system, set up by the
// same steps and settings as docker-compose.temporal.yml. For tests, and for a look before a real one is set up (docs/cluster.md).
import './support/node-version.mjs';

const COMMANDS = {
  build: 'build the server and its SQL tool (about 6 minutes, once a version)',
  up: 'start it, or what of it is down; each step can run again',
  status: 'what runs and where; exit 1 when something is down; --json',
  down: 'stop it and remove everything it wrote',
  'kill-server': 'SIGKILL to the server, as a crash',
  'start-server': 'start the server again',
  'restart-postgres': 'restart PostgreSQL: fast (default) or immediate, as after a power cut',
};

const { runMain, say, SetUpError } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');

await runMain(async () => {
  const [command = '', ...rest] = process.argv.slice(2);
  if (!(command in COMMANDS)) {
    const lines = Object.entries(COMMANDS).map(([name, does]) => `  ${name.padEnd(18)}${does}`);
    const usage = ['usage: scripts/cluster-local.sh COMMAND', ...lines].join('\n');
    if (!['help', '--help', '-h'].includes(command)) throw new SetUpError(usage);
    process.stdout.write(`${usage}\n`);
    return;
  }
  await bootstrap();
  const cluster = await import('./cluster/cluster.mjs');
  if (command === 'build') await cluster.build();
  if (command === 'up') await cluster.up();
  if (command === 'status') {
    const seen = cluster.status();
    process.stdout.write(`${rest.includes('--json') ? JSON.stringify(seen) : cluster.statusLine(seen)}\n`);
    process.exitCode = seen.up ? 0 : 1;
  }
  if (command === 'down') await cluster.down();
  if (command === 'kill-server') await cluster.killServer();
  if (command === 'start-server') say(`the server serves at ${await cluster.startServerAgain()}`);
  if (command === 'restart-postgres') cluster.restartDatabase(rest[0] ?? 'fast');
});
