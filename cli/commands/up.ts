import { NxsError } from '../../domain/errors.js';
import { NODE_NAME } from '../../domain/ids.js';
import type { Config } from '../../config/types.js';
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
    const { viewBackups } = await import('../../workers/backup-view.js');
    const { openFailover } = await import('../../workers/failover/front.js');
    const { openFrontSync } = await import('../../workers/sync/front.js');
    const { openFrontHealing } = await import('../../workers/healing/front.js');
    const { openJournalMemory } = await import('../../workers/journal-memory.js');
    const { openFrontDashboard } = await import('../../workers/dashboard/front.js');
    const { openFrontMetrics } = await import('../../workers/metrics/front.js');
    const { tracedRoutes } = await import('../../workers/telemetry/routes.js');
    const { tracedAnswer, tracedCalls } = await import('../../workers/telemetry/calls.js');
    const { openFrontKpi } = await import('../../workers/kpi/front.js');
    const overrides = overridesOf(invocation);
    Object.assign(process.env, overrides);
    const config = await loadFor({ ...context, env: { ...context.env, ...overrides } });
    return runSupervisor({
      config,
      configDir: context.configDir ?? null,
      say: (line) => {
        context.progress(null);
        context.out(line);
      },
      progress: (line) => context.note(line),
      async open() {
        const failover = await openFailover(config, process.env);
        const sync = openFrontSync(config);
        const healing = openFrontHealing(config);
        const memory = openJournalMemory(config);
        const kpi = await openFrontKpi(config, () => failover.gateway.view(), memory);
        const { gateway, tracer } = failover;
        const answer = tracedAnswer((method, params) => failover.answer(method, params), tracer);
        const dashboard = await openFrontDashboard({ config, gateway, memory, kpi });
        const metrics = openFrontMetrics(config.node, {
          gateway: () => gateway.metrics(),
          sync: () => sync.metrics(),
          healing: () => healing.metrics(),
          kpi: () => kpi.metrics(),
        });
        return {
          routes: tracedRoutes(
            [...dashboard.routes, ...failover.routes, ...sync.routes, ...healing.routes, ...kpi.routes],
            tracer,
          ),
          statusParts: async () => ({
            backup: await statusPart(config, viewBackups),
            providers: failover.gateway.view(),
            sync: await sync.status(),
            healing: await healing.status(),
          }),
          metricParts: (pids) => metrics.text(pids),
          answer: (method, params, { trace }) => answer(method, params, trace),
          linked(link) {
            failover.linked(tracedCalls(link, tracer));
            sync.linked(link);
            metrics.linked(link);
          },
          // It exists only with its state restored.
          checks: () => ({ breakers: true }),
          async closing() {
            dashboard.close();
            await kpi.close();
            await failover.close();
          },
        };
      },
    });
  },
};

type View = (config: Config, now: number) => Promise<{ destinations: readonly object[] }>;

/** The backups in `/api/status`: without the list of files, which `nxs backup status` has. */
async function statusPart(config: Config, view: View): Promise<object> {
  const { destinations, ...rest } = await view(config, Date.now());
  return {
    ...rest,
    destinations: destinations.map((each) =>
      Object.fromEntries(Object.entries(each).filter(([key]) => key !== 'files')),
    ),
  };
}

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
