// What `nxs up` serves beside its own routes. One function opens it, at the start and at every reload: what remembers (breakers, the
// uptime, the journal) is opened once and told of the new configuration, what only shows it is opened anew.
import type { Config } from '../config/types.js';
import { viewBackups } from './backup-view.js';
import { openFrontDashboard } from './dashboard/front.js';
import { openFailover } from './failover/front.js';
import { joined } from './front/joined.js';
import { openFrontHealing, type FrontHealing } from './healing/front.js';
import { openJournalMemory } from './journal-memory.js';
import { openFrontKpi } from './kpi/front.js';
import { openFrontMetrics } from './metrics/front.js';
import type { SupervisorParts } from './supervisor.js';
import { openFrontSync } from './sync/front.js';
import { tracedAnswer, tracedCalls } from './telemetry/calls.js';
import { tracedRoutes } from './telemetry/routes.js';

type Lasting = Awaited<ReturnType<typeof openLasting>>;

/** Opens the parts for a configuration; those of a later one take effect by their `adopt`. Throws NxsError CONFIG_INVALID. */
export function frontParts(env: NodeJS.ProcessEnv): (config: Config) => Promise<SupervisorParts> {
  let lasting: Lasting | null = null;
  return async (config) => {
    lasting ??= await openLasting(config, env);
    return partsOf(config, lasting);
  };
}

async function openLasting(config: Config, env: NodeJS.ProcessEnv) {
  const failover = await openFailover(config, env);
  const memory = openJournalMemory(config);
  const kpi = await openFrontKpi(config, () => failover.gateway.view(), memory);
  const sync = openFrontSync(config);
  let healing: FrontHealing | null = null;
  const metrics = openFrontMetrics(config.node, {
    gateway: () => failover.gateway.metrics(),
    sync: () => sync.metrics(),
    healing: () => healing?.metrics() ?? '',
    kpi: () => kpi.metrics(),
  });
  return {
    ...{ failover, memory, kpi, sync, metrics },
    /** Whose metrics are shown; the first one at once, a later one when it is in force. */
    begin(first: FrontHealing): void {
      healing ??= first;
    },
    show(next: FrontHealing): void {
      healing = next;
    },
  };
}

async function partsOf(config: Config, lasting: Lasting): Promise<SupervisorParts> {
  const { failover, sync, memory, kpi, metrics } = lasting;
  const { gateway, tracer } = failover;
  const answer = tracedAnswer((method, params) => failover.answer(method, params), tracer);
  const healing = openFrontHealing(config);
  const dashboard = await openFrontDashboard({ config, gateway, memory, kpi });
  lasting.begin(healing);
  const fixed = [...dashboard.routes, ...sync.routes, ...healing.routes, ...kpi.routes];
  return {
    routes: joined(
      () => [fixed, failover.routes()],
      (all) => tracedRoutes(all, tracer),
    ),
    statusParts: async () => ({
      backup: await backupStatus(config),
      providers: gateway.view(),
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
    adopt() {
      lasting.show(healing);
      failover.adopt(config);
      kpi.adopt(config);
    },
    retire: () => dashboard.close(),
    async closing() {
      dashboard.close();
      await kpi.close();
      await failover.close();
    },
  };
}

/** The backups in `/api/status`: without the list of files, which `nxs backup status` has. */
async function backupStatus(config: Config): Promise<object> {
  const { destinations, ...rest } = await viewBackups(config, Date.now());
  return {
    ...rest,
    destinations: destinations.map((each) =>
      Object.fromEntries(Object.entries(each).filter(([key]) => key !== 'files')),
    ),
  };
}
