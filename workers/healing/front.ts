// The front's side of healing: incidents for the API, notices for the agent, metrics, and the page behind the link of a notification.
import type { Config } from '../../config/types.js';
import { isOpen, needsPerson } from '../../domain/healing/incident.js';
import { gaugeText } from '../front/metrics.js';
import { sendJson } from '../front/respond.js';
import type { Route } from '../front/route.js';
import { answerRoutes } from './answer-routes.js';
import { linksOf, viewHealing, type HealingView } from './desk.js';
import { agentNotices } from './notices.js';

export interface FrontHealing {
  readonly routes: readonly Route[];
  /** Its part of `/api/status`: what is open and whether anybody looks. */
  status(): Promise<object>;
  metrics(): Promise<string>;
}

/** ms that a view is good for: scrapers and pages ask more often than anything changes. */
const FRESH = 1_000;
const LISTED = 100;
const DAY = 24 * 3_600_000;

export function openFrontHealing(config: Config): FrontHealing {
  let seen: { readonly at: number; readonly view: Promise<HealingView> } | null = null;
  const view = (): Promise<HealingView> => {
    const now = Date.now();
    if (seen === null || Math.abs(now - seen.at) > FRESH) seen = { at: now, view: viewHealing(config, now) };
    return seen.view;
  };
  return {
    routes: [
      {
        method: 'GET',
        path: '/api/incidents',
        summary: 'incidents of this node, newest first, as JSON',
        async handle(_request, response) {
          const { monitor, paused, incidents } = await view();
          const link = await linksOf(config);
          const listed = incidents.slice(0, LISTED).map((each) => ({ ...each, link: link(each.workflow) }));
          sendJson(response, 200, { monitor, paused, incidents: listed });
        },
      },
      {
        method: 'GET',
        path: '/api/agent/notices',
        summary: 'what healing did to this node in the last day, for the agent that lives here',
        async handle(_request, response) {
          sendJson(response, 200, { notices: await agentNotices(config, Date.now()) });
        },
      },
      ...answerRoutes(config, async () => (await view()).incidents),
    ],
    async status() {
      const { monitor, paused, incidents } = await view();
      const open = incidents.filter(isOpen);
      return {
        monitor,
        paused,
        open: open.map(({ id, subject, kind, state, detected }) => ({ id, subject, kind, state, detected })),
        needs_person: open.filter(needsPerson).map(({ id }) => id),
      };
    },
    metrics: async () => metricsOf(await view(), Date.now()),
  };
}

function metricsOf({ monitor, paused, incidents }: HealingView, now: number): string {
  const open = incidents.filter(isOpen);
  const recent = incidents.filter(({ ended }) => ended !== null && now - Date.parse(ended) < DAY);
  const age = monitor.at === null ? -1 : Math.max(0, (now - Date.parse(monitor.at)) / 1000);
  const count = (state: string) => recent.filter((each) => each.state === state).length;
  return [
    gaugeText(
      'nxs_healing_monitor_blind',
      'Nobody has looked at this machine for too long.',
      Number(monitor.state === 'blind'),
    ),
    gaugeText('nxs_healing_monitor_age_seconds', 'Since the last slow look; -1: none yet.', age),
    gaugeText('nxs_healing_unseen', 'Subjects that cannot be seen.', monitor.unseen.length),
    gaugeText('nxs_healing_paused', 'Maintenance: nothing is done.', Number(paused !== null)),
    gaugeText('nxs_incidents_open', 'Incidents that are not over.', open.length),
    gaugeText('nxs_incidents_waiting', 'Incidents that wait for a person.', open.filter(needsPerson).length),
    gaugeText('nxs_incidents_healed_1d', 'Healed and verified in the last day.', count('healed')),
    gaugeText('nxs_incidents_cleared_1d', 'Went away by themselves in the last day.', count('cleared')),
  ].join('');
}
