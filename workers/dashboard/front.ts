// The page's ports, filled: it shows what the front knows, and its buttons do what the commands do.
import path from 'node:path';
import { errorMessage } from '../../domain/errors.js';
import type { Config } from '../../config/types.js';
import { openDashboard, type Dashboard } from '../../dashboard/open.js';
import type { DashboardPorts, Said } from '../../dashboard/ports.js';
import { parseDecision } from '../../domain/gate/messages.js';
import { distDirectory } from '../dist-paths.js';
import { queueSwitch, updateManager } from '../failover/manager-client.js';
import { isTrusted } from '../front/guard.js';
import { callerOf } from '../front/router.js';
import { speak } from '../healing/decide.js';
import { markIncident } from '../healing/desk.js';
import { readMonitor } from '../healing/monitor-file.js';
import type { ProvidersView } from '../../gateway/view.js';
import { openPageModel, type PageSources } from './gather.js';
import { openTemporalParts } from './temporal-parts.js';

/** ms after the start: the page is put together once, so that the first who looks need not wait for Temporal. */
const SOON = 10_000;
/** Who pressed a button that asks for no name. */
const PAGE = 'dashboard';

export async function openFrontDashboard(sources: Omit<PageSources, 'temporal'>): Promise<Dashboard> {
  const { config, gateway, memory } = sources;
  const temporal = openTemporalParts(config);
  const model = openPageModel({ ...sources, temporal });
  const { token, public_url: publicUrl } = config.nxs.http;
  const secret = token === undefined || token === '' ? null : token;
  const opened = await openDashboard({
    model,
    mark: async () => {
      const parts = [await memory.mark(), orderOf(gateway.view()), await blindnessOf(config)];
      return [...parts, temporal.answered()].join(' ');
    },
    decide: (word) => safely(() => decide(word)),
    switchProvider: (to) => safely(() => change(to)),
    label: (word) =>
      safely(async () => {
        await markIncident(config, { ...word, by: PAGE, reason: '' });
        return { accepted: true, sentence: 'It is on record.' };
      }),
    token: secret,
    trusted: (request) => isTrusted(secret, callerOf(request)),
    secure: publicUrl?.startsWith('https:') ?? false,
    assets: path.join(path.dirname(distDirectory()), 'dashboard', 'assets'),
  });

  // A month of journal takes a moment to read: before anybody asks.
  void memory.current(Date.now()).catch(() => undefined);
  setTimeout(() => void model('24h').catch(() => undefined), SOON).unref();

  async function decide(word: Parameters<DashboardPorts['decide']>[0]): Promise<Said> {
    const { incident, verdict, by, reason, request } = word;
    const parsed = parseDecision(verdict, { by, reason, request });
    if ('why' in parsed) return { accepted: false, sentence: parsed.why };
    const spoken = await temporal.acting((client) =>
      speak(client, config.node, incident, verdict, parsed.value),
    );
    switch (spoken.kind) {
      case 'gone':
        return { accepted: false, sentence: 'That incident is over; nothing has changed.' };
      case 'queued':
        return { accepted: true, sentence: 'Queued: no worker is there; it counts by the time it was sent.' };
      case 'answered':
        return spoken.answer;
    }
  }

  async function change(to: string): Promise<Said> {
    const known = gateway.view().providers.map(({ name }) => name);
    if (to !== 'primary' && !known.includes(to))
      return { accepted: false, sentence: `There is no provider ${to}.` };
    const result = await temporal.acting((client) =>
      updateManager(client, config, 'switchProvider', { to, forMs: null, by: PAGE }),
    );
    if (result === null) {
      await temporal.acting((client) => queueSwitch(client, config.node, { to, by: PAGE }));
      return { accepted: true, sentence: 'Queued: no worker is there at the moment.' };
    }
    const [first = 'nobody'] = result.order;
    return {
      accepted: true,
      sentence:
        to === 'primary' ? `Back to the usual order: ${first} goes first.` : `${first} goes first now.`,
    };
  }

  return {
    routes: opened.routes,
    close() {
      opened.close();
      void temporal.close();
    },
  };
}

async function safely(work: () => Promise<Said>): Promise<Said> {
  try {
    return await work();
  } catch (error) {
    return { accepted: false, sentence: `${errorMessage(error)} Nothing has changed.` };
  }
}

/** What the page shows of the providers, without the times of the last looks: those change all the time. */
function orderOf({ providers, switch: switched }: ProvidersView): string {
  const each = providers.map(({ name, state, active, suspect, reason, cooling_until: cooling, health }) => [
    ...[name, state, active, suspect, reason, cooling, health?.state, health?.detail],
  ]);
  return JSON.stringify([switched, each]);
}

/** The monitor's age matters to the page only when nobody has looked for long; half minutes are fine enough. */
async function blindnessOf({ stateDir }: Pick<Config, 'stateDir'>): Promise<string> {
  const file = await readMonitor(stateDir);
  return file === null
    ? ''
    : `${String(Math.floor((Date.now() - file.at) / 30_000))} ${file.anomalies.join()}`;
}
