// `/answer/<incident>/<proof>`: the link of a notification. Looking at it decides nothing (previews and scanners open links too); the
// form does, for a person who gives name and reason. The link is a key of its own: it is made for one question, and dies with it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../../config/types.js';
import { formOf } from '../../dashboard/form.js';
import { errorCode } from '../../domain/errors.js';
import type { Incident } from '../../domain/healing/incident.js';
import { parseDecision } from '../../domain/gate/messages.js';
import { sendText } from '../front/respond.js';
import type { Route } from '../front/route.js';
import { reachTemporal } from '../reach-temporal.js';
import { answerPage, STYLE_HASH, type PageWords } from './answer-page.js';
import { speak } from './decide.js';
import { ANSWER_PATH, isProof } from './links.js';

const MAX_BODY = 8 * 1024;

/** `incidents` may be a second old. */
export function answerRoutes(
  config: Config,
  incidents: () => Promise<readonly Incident[]>,
): readonly Route[] {
  const path = `${ANSWER_PATH}*`;
  return [
    {
      method: 'GET',
      path,
      summary: null,
      ownKey: true,
      async handle(request, response) {
        const found = find(config, await incidents(), request);
        if (found === null) show(response, 404, null, { note: GONE });
        else show(response, 200, found, {});
      },
    },
    {
      method: 'POST',
      path,
      summary: null,
      ownKey: true,
      maxBody: MAX_BODY,
      async handle(request, response) {
        const found = find(config, await incidents(), request);
        if (found === null) {
          request.resume();
          show(response, 404, null, { note: GONE });
          return;
        }
        const { status, note } = await decide(config, found, await formOf(request, MAX_BODY));
        show(response, status, found, { note, over: status < 300 || status === 410 });
      },
    },
  ];
}

const GONE = 'This link does not lead to an open question any more.';

/** The incident whose open question the link was made for; null: none. */
function find(config: Config, incidents: readonly Incident[], request: IncomingMessage): Incident | null {
  const [path = ''] = (request.url ?? '').split('?', 1);
  const [incident = '', proof = ''] = path.slice(ANSWER_PATH.length).split('/');
  const known = incidents.find(({ id }) => id === incident);
  if (known === undefined || known.asked === null || known.plan === null) return null;
  const link = { incident, request: known.asked.request, planHash: known.plan.plan_hash };
  return isProof(config.stateDir, link, proof) ? known : null;
}

async function decide(
  config: Config,
  { id, asked }: Incident,
  body: URLSearchParams,
): Promise<{ readonly status: number; readonly note: string }> {
  const verdict = body.get('verdict');
  if (verdict !== 'approve' && verdict !== 'deny') return { status: 400, note: 'Say approve or deny.' };
  const reason = (body.get('reason') ?? '').trim();
  const parsed = parseDecision(verdict, { by: body.get('by') ?? '', reason, request: asked?.request });
  if ('why' in parsed || reason === '')
    return { status: 400, note: 'Give your name and a reason: both stand in the record.' };
  let reached;
  try {
    reached = await reachTemporal(config);
  } catch (error) {
    if (errorCode(error) !== 'TEMPORAL_UNREACHABLE') throw error;
    return { status: 503, note: 'Temporal is not there at the moment; nothing was decided. Try again soon.' };
  }
  try {
    const spoken = await speak(reached.client, config.node, id, verdict, parsed.value);
    if (spoken.kind === 'gone') return { status: 410, note: GONE };
    if (spoken.kind === 'queued')
      return { status: 202, note: 'Queued: no worker is there; it counts by the time it was sent.' };
    return { status: spoken.answer.accepted ? 200 : 409, note: spoken.answer.sentence };
  } finally {
    await reached.close();
  }
}

function show(response: ServerResponse, status: number, incident: Incident | null, words: PageWords): void {
  response.setHeader(
    'content-security-policy',
    `default-src 'none'; style-src '${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  sendText(response, status, answerPage(incident, words, Date.now()), 'text/html');
}
