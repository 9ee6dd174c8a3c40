// Puts the page's model together. Each part is on its own: one that fails says so, and hides no other.
import type { Config } from '../../config/types.js';
import type { PageModel, Part } from '../../dashboard/model.js';
import { errorMessage } from '../../domain/errors.js';
import { WINDOWS, type WindowName } from '../../domain/panels.js';
import type { Gateway } from '../../gateway/gateway.js';
import { openAnswered } from '../healing/answered.js';
import { uiPlaceOf } from '../healing/desk.js';
import type { JournalMemory } from '../journal-memory.js';
import type { FrontKpi } from '../kpi/front.js';
import { listLink, scheduleLink, uiLink } from '../ui-link.js';
import { headlineOf } from './headline.js';
import { panelOf } from './panels.js';
import { providersPart } from './providers-part.js';
import { backupsPart, healingPart, openSyncPart } from './state-parts.js';
import { fleetRows, type TemporalParts } from './temporal-parts.js';

export interface PageSources {
  readonly config: Config;
  readonly gateway: Pick<Gateway, 'desk' | 'view'>;
  readonly memory: JournalMemory;
  readonly kpi: Pick<FrontKpi, 'report' | 'strip'>;
  readonly temporal: TemporalParts;
}

const DAY = WINDOWS['24h'];

export function openPageModel({
  config,
  gateway,
  memory,
  kpi,
  temporal,
}: PageSources): (window: WindowName) => Promise<PageModel> {
  const syncPart = openSyncPart(config);

  return async (window) => {
    const now = Date.now();
    const since = WINDOWS[window];
    const place = await uiPlaceOf(config);
    const link = (workflow: string) => uiLink(place, workflow);
    const known = await memory.current(now);
    const [report, uptime, day, schedules, cluster, backups, sync, healing] = await Promise.all([
      kpi.report(since, now),
      kpi.strip(since, now, 24),
      kpi.strip(DAY, now, 24),
      temporal.schedules((id) => scheduleLink(place, id)),
      temporal.nodes(),
      part(() => backupsPart(config, listLink(place, config.node, 'backup'), now)),
      part(() => syncPart(link)),
      part(() => healingPart(config, known, link, now)),
    ]);
    const transitions = known.latest(['provider.transition'], now - DAY, 10_000);
    const providers = await part(() => Promise.resolve(providersPart(gateway, transitions, day, now)));
    const hub = sync.failed === null ? sync.nodes.filter(({ own }) => !own) : [];
    const page = {
      node: config.node,
      title: config.dashboard.title,
      at: new Date(now).toISOString(),
      kpi: report,
      uptime,
      ...{ providers, backups, sync, healing, schedules },
      fleet: fleetRows(config.node, hub, cluster, link, now),
      ui: place.ui,
    };
    const sources = { page, memory: known, now, report: (span: number) => kpi.report(span, now), link };
    const panels = await Promise.all(config.dashboard.panels.map((panel) => panelOf(panel, sources)));
    return { ...page, headline: headlineOf(page, now, hasAnswered(config, page.providers)), panels };
  };
}

function hasAnswered({ stateDir }: Config, providers: PageModel['providers']): boolean {
  const answered = openAnswered(stateDir);
  return providers.failed !== null || providers.list.some(({ name }) => answered.has(name));
}

async function part<T extends Part<object>>(
  make: () => Promise<T>,
): Promise<T | { readonly failed: string }> {
  try {
    return await make();
  } catch (error) {
    return { failed: errorMessage(error) };
  }
}
