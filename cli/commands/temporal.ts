import { spawn } from 'node:child_process';
import { manyArguments, type Command } from '../definition.js';

export const temporal: Command = {
  name: 'temporal',
  summary:
    "Temporal's own command line, pointed at our server; what needs no server also works when nothing runs",
  args: [{ name: '[args...]', summary: 'passed on as they are' }],
  raw: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { resolveProgram } = await import('../../adapters/temporal/binary.js');
    const { codecEnvironment } = await import('../../workers/codec/environment.js');
    const { readRunFile } = await import('../../workers/run-file.js');
    const config = await loadFor(context);
    const program = await resolveProgram({ env: context.env, progress: (line) => context.note(line) });
    const settings = config.nxs.temporal;
    const running = await readRunFile(config.stateDir);
    const env: NodeJS.ProcessEnv = { ...context.env };
    if (settings.mode === 'external') {
      env['TEMPORAL_ADDRESS'] ??= settings.address;
      env['TEMPORAL_NAMESPACE'] ??= settings.namespace;
      if (settings.api_key !== null) env['TEMPORAL_API_KEY'] ??= settings.api_key;
    } else if (running !== null) {
      env['TEMPORAL_ADDRESS'] ??= running.temporal;
    }
    const args = manyArguments(invocation, 0);
    Object.assign(env, codecEnvironment(config, running, { env: context.env, args }));
    const child = spawn(program.path, args, { env, stdio: 'inherit' });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
    });
  },
};
