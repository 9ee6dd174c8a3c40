import { NxsError } from '../../domain/errors.js';
import { NODE_NAME } from '../../domain/ids.js';
import { textOption, type Command, type Invocation } from '../definition.js';

export const up: Command = {
  name: 'up',
  summary: 'run the control plane in the foreground: Temporal, worker, HTTP front; Ctrl-C stops it',
  details:
    'The first start fetches Temporal when it is not on PATH. A second signal ends everything at once.',
  options: [
    { flags: '--node <name>', summary: 'name of this node (default: nxs.yaml, else the host name)' },
    { flags: '--temporal <host:port>', summary: 'use this Temporal server instead of the embedded one' },
    { flags: '--port <n>', summary: 'HTTP port (default: nxs.yaml, else 8787)' },
  ],
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { runSupervisor } = await import('../../workers/supervisor.js');
    const { frontParts } = await import('../../workers/front-parts.js');
    const { openReloader } = await import('../../workers/reload.js');
    const overrides = overridesOf(invocation);
    Object.assign(process.env, overrides);
    const env = { ...context.env, ...overrides };
    const config = await loadFor({ ...context, env });
    const open = frontParts(process.env);
    return runSupervisor({
      config,
      configDir: context.configDir ?? null,
      say: (line) => {
        context.progress(null);
        context.out(line);
      },
      progress: (line) => context.note(line),
      open: () => open(config),
      reloading: (control) =>
        openReloader(config, control.started, {
          ...control,
          load: (pins = {}) => loadFor({ ...context, env: { ...env, ...pins } }),
          async prepare(next) {
            const parts = await open(next);
            return () => control.swap(parts, next.nxs.http);
          },
        }),
    });
  },
};

/** The flags travel as environment, so that the worker process sees the same. */
function overridesOf(invocation: Invocation): Record<string, string> {
  const overrides: Record<string, string> = {};
  const node = textOption(invocation, 'node');
  if (node !== undefined) {
    if (!NODE_NAME.test(node)) {
      throw new NxsError(
        'USAGE',
        `--node "${node}" is not a node name: letters, digits, ".", "_" and "-", at most 63.`,
      );
    }
    overrides['NXS_NODE'] = node;
  }
  const temporal = textOption(invocation, 'temporal');
  if (temporal !== undefined) {
    overrides['NXS_TEMPORAL_ADDRESS'] = temporal;
  }
  const port = textOption(invocation, 'port');
  if (port !== undefined) {
    overrides['NXS_HTTP_PORT'] = port;
  }
  return overrides;
}
