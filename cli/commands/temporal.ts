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
      if (settings.tls !== null) {
        env['TEMPORAL_TLS'] ??= 'true';
        const { ca, cert, key, server_name: name } = settings.tls;
        for (const [variable, value] of Object.entries({ ...tlsVariables(ca, cert, key), SERVER_NAME: name }))
          if (value !== undefined) env[`TEMPORAL_TLS_${variable}`] ??= value;
      }
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

/** The names that the CLI documents now, and those that it knew before. */
function tlsVariables(
  ca: string | undefined,
  cert: string | undefined,
  key: string | undefined,
): Readonly<Record<string, string | undefined>> {
  return {
    ...{ SERVER_CA_CERT_PATH: ca, CLIENT_CERT_PATH: cert, CLIENT_KEY_PATH: key },
    ...{ CA: ca, CERT: cert, KEY: key },
  };
}
