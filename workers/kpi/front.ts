// The front's side of the KPIs: it measures the uptime, and answers `/api/kpi`, Prometheus and the page from memory.
import path from 'node:path';
import { openJournal } from '../../adapters/journal/append.js';
import type { Config } from '../../config/types.js';
import { parseSpan } from '../../domain/span.js';
import type { Look } from '../../domain/kpi/measure.js';
import type { KpiReport } from '../../domain/kpi/model.js';
import type { ProvidersView } from '../../gateway/view.js';
import { canAnswer } from '../failover/provider-view.js';
import { sendJson } from '../front/respond.js';
import type { Route } from '../front/route.js';
import { openAnswered } from '../healing/answered.js';
import { isBlind, readMonitor } from '../healing/monitor-file.js';
import type { JournalMemory } from '../journal-memory.js';
import { openLogger } from '../log.js';
import { kpiMetrics } from './metrics.js';
import { startMeter } from './meter.js';
import { LONGEST, reportOf } from './view.js';

export interface FrontKpi {
  readonly routes: readonly Route[];
  /** `since`: ms before now. */
  report(since: number, now: number): Promise<KpiReport>;
  /** See domain/kpi/projection.ts. */
  strip(since: number, now: number, parts: number): Promise<readonly (number | null)[]>;
  metrics(): Promise<string>;
  /** Other settings from now on; what was measured stays. */
  adopt(config: Config): void;
  close(): Promise<void>;
}

const DAY = 24 * 3_600_000;

export async function openFrontKpi(
  first: Config,
  providers: () => ProvidersView,
  memory: JournalMemory,
): Promise<FrontKpi> {
  let config = first;
  const { stateDir, node } = first;
  const dir = path.join(stateDir, 'journal');
  const log = openLogger(config, 'kpi');
  const journal = openJournal({ dir, node });
  const started = Date.now();
  const meter = await startMeter({
    stateDir,
    look: async () => lookOf(config, providers(), started, Date.now()),
    append: async (event) => {
      await journal.append([event]);
    },
    warn: (reason) => log.warn({ reason }, 'the uptime could not be written'),
  });
  async function report(since: number, now: number): Promise<KpiReport> {
    return reportOf(config, (await memory.current(now)).kpis, meter.live(), since, now);
  }

  return {
    routes: [
      {
        method: 'GET',
        path: '/api/kpi',
        summary: 'the six KPIs, measured; ?since=24h, 30d at most',
        async handle(request, response) {
          const asked = new URL(request.url ?? '/', 'http://front').searchParams.get('since') ?? '24h';
          const since = parseSpan(asked);
          if (since === null || since > LONGEST)
            sendJson(response, 400, {
              error: { message: 'since is a duration like 90s, 15m, 24h or 7d, and 30d at most.' },
            });
          else sendJson(response, 200, await report(since, Date.now()));
        },
      },
    ],
    report,
    async strip(since, now, parts) {
      const { kpis } = await memory.current(now);
      return kpis.strip({ node, from: now - since, to: now, live: meter.live() }, parts);
    },
    metrics: async () => kpiMetrics(await report(DAY, Date.now())),
    adopt(next) {
      config = next;
    },
    close: () => meter.close(),
  };
}

/** Up: a provider could answer, and healing's monitor looks; right after the start nobody has looked yet. */
async function lookOf(
  config: Config,
  { providers }: ProvidersView,
  started: number,
  now: number,
): Promise<Look> {
  const file = (await readMonitor(config.stateDir)) ?? { at: started, anomalies: [], blind: [] };
  if (isBlind({ ...file, at: Math.max(file.at, started) }, config.healing.interval, now))
    return { state: 'down', reason: 'the control loop was not fresh' };
  const configured = providers.filter(({ state }) => state !== 'not_configured');
  if (configured.length === 0) return { state: 'unknown', reason: 'no provider is configured' };
  const able = configured.filter((each) => canAnswer(each, now) && each.health?.state !== 'bad');
  if (able.some(({ health }) => health !== null)) return { state: 'up', reason: '' };
  if (able.length > 0) return { state: 'unknown', reason: 'no provider has been looked at yet' };
  const answered = openAnswered(config.stateDir);
  if (!configured.some(({ name }) => answered.has(name)))
    return { state: 'unknown', reason: 'no provider has answered here yet' };
  return { state: 'down', reason: 'no provider could answer' };
}
