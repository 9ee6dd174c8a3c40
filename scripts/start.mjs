// `npm start`: the same process becomes `nxs up`, so that signals and exit codes reach the control plane itself.
import './support/node-version.mjs';

const { runMain } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');
const { ROOT } = await import('./support/paths.mjs');

await runMain(async () => {
  await bootstrap();
  process.argv.splice(1, 1, `${ROOT}bin/nxs`, 'up');
  await import('../dist/cli/main.js');
});
