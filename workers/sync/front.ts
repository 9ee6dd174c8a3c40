// The front's side of sync: the door for nudges, the status for the API, and its metrics.
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import type { SyncStatus } from '../../domain/sync/status.js';
import { gaugeText } from '../front/metrics.js';
import { sendJson } from '../front/respond.js';
import type { Route } from '../front/route.js';
import type { WorkerLink } from '../worker-link.js';
import { NUDGE_PATH } from './nudge.js';
import { readSyncStatus } from './view.js';

export interface FrontSync {
  readonly routes: readonly Route[];
  linked(link: WorkerLink): void;
  /** Null: no cycle has ended yet. */
  status(): Promise<SyncStatus | null>;
  metrics(): Promise<string>;
}

/** Nudges that come faster are one: the cycle that the first one asked for sees what they meant, ms. */
const APART = 200;

export function openFrontSync(config: Config): FrontSync {
  let link: WorkerLink | null = null;
  let last = Number.NEGATIVE_INFINITY;
  const status = () => readSyncStatus(config);
  return {
    routes: [
      {
        method: 'POST',
        path: NUDGE_PATH,
        summary: 'another node has published: look at the hub now',
        async handle(request, response) {
          request.resume();
          const now = performance.now();
          if (now - last < APART) {
            sendJson(response, 202, { asked: false });
            return;
          }
          last = now;
          try {
            await link?.call('sync.nudge', null, { timeoutMs: 2_000 });
            sendJson(response, 202, { asked: link !== null });
          } catch (error) {
            sendJson(response, 503, { asked: false, reason: errorMessage(error) });
          }
        },
      },
    ],
    linked(next) {
      link = next;
    },
    status,
    metrics: async () => metricsOf(await status()),
  };
}

function metricsOf(status: SyncStatus | null): string {
  if (status === null) return '';
  const seconds = (iso: string | null) => (iso === null ? 0 : Date.parse(iso) / 1000);
  const nodes = status.nodes.map(
    ({ node, changed }) =>
      `nxs_sync_node_changed_seconds{node=${JSON.stringify(node)}} ${seconds(changed)}\n`,
  );
  return [
    gaugeText(
      'nxs_sync_ok',
      'The last cycle met the hub and nothing waits for a person.',
      status.state === 'ok' ? 1 : 0,
    ),
    gaugeText(
      'nxs_sync_last_ok_seconds',
      'When a cycle met the hub last, since the epoch.',
      seconds(status.last_ok),
    ),
    gaugeText('nxs_sync_unpublished', 'Changes here that the hub does not have.', status.unpublished),
    gaugeText('nxs_sync_held', 'Files that take no part.', status.held.length),
    gaugeText('nxs_sync_waiting', 'Questions that wait for a person.', status.pending.length),
    gaugeText('nxs_sync_conflicts', 'Merges of the last day.', status.conflicts),
    '# HELP nxs_sync_node_changed_seconds Latest known change of a node, since the epoch.\n# TYPE nxs_sync_node_changed_seconds gauge\n',
    ...nodes,
  ].join('');
}
