import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestProject } from 'vitest/node';
import { resolveProgram } from '../../adapters/temporal/binary.js';
import { engineArguments } from '../../adapters/temporal/engine-command.js';
import { waitForTemporal } from '../../adapters/temporal/health.js';
import { nextFreePort } from '../../adapters/temporal/ports.js';

// vitest globalSetup: one real dev server, in memory, for all workflow tests of a run. Tests keep out of
// each other's way by their own node name (task queue, ids). Read it with `inject('temporalAddress')`.
// NXS_TEST_TEMPORAL=HOST:PORT puts a server that runs already in its place (scripts/cluster-local.sh).

declare module 'vitest' {
  interface ProvidedContext {
    /** host:port of the dev server, or of the one that NXS_TEST_TEMPORAL names; namespace `default`. */
    temporalAddress: string;
    /** Temporal's program, resolved (and fetched when necessary) once per run. */
    temporalCli: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cache = process.env['NXS_TEST_CACHE'];
  const { path } = await resolveProgram({
    ...(cache === undefined ? {} : { cache }),
    progress: (line, percent) => percent ?? console.error(line),
  });
  project.provide('temporalCli', path);
  const given = process.env['NXS_TEST_TEMPORAL'];
  if (given !== undefined) {
    await waitForTemporal(given, { timeout: 60_000 });
    project.provide('temporalAddress', given);
    return () => Promise.resolve();
  }
  // Away from 7233, where a control plane of the user's may run.
  const port = await nextFreePort(17_233 + (process.pid % 1000) * 10, '127.0.0.1');
  if (port === null) throw new Error('no free port for the test server');
  const command = {
    host: '127.0.0.1',
    port,
    uiPort: port + 1,
    database: null,
    ui: false,
    logLevel: 'error',
  } as const;
  const server = spawn(path, engineArguments(command), { stdio: ['ignore', 'ignore', 'inherit'] });
  const killed = () => server.kill('SIGKILL');
  process.once('exit', killed);
  const address = `127.0.0.1:${port}`;
  await waitForTemporal(address, { timeout: 60_000 });
  project.provide('temporalAddress', address);
  return async () => {
    process.off('exit', killed);
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
}
