// What a service's answer, or its silence, means: told or not, worth another try or not, and what a person would look at.
import { retryAfterOf, type HeaderValues } from '../../domain/failover/retry-after.js';
import { failure, hitch, type Outcome } from './channel.js';

/** `said`: makes a text of the server fit for a person to see. */
export function answerOutcome(
  status: number,
  headers: HeaderValues,
  text: string,
  said: (text: string) => string,
): Outcome {
  const answer = objectOf(text);
  if (status >= 200 && status < 300) {
    // Telegram and a few others say no with a 200.
    return answer?.['ok'] === false
      ? failure(`the service said no${explained(answer, text, said)}`)
      : { ok: true };
  }
  const because = explained(answer, text, said);
  if (status === 429) {
    const wait = retryAfterOf(headers, Date.now()) ?? waitOf(answer);
    return hitch(`the service wants fewer messages (429)${because}`, wait);
  }
  if (status === 408 || status >= 500)
    return hitch(`the service is not well (${status})${because}`, retryAfterOf(headers, Date.now()));
  return failure(`${refusal(status)}${because}`);
}

function refusal(status: number): string {
  if (status >= 300 && status < 400) {
    return `it redirects to another address (${status}), which is not followed: put the final address into \`url\``;
  }
  if (status === 401 || status === 403)
    return `it refuses us (${status}): check the token, or make a new webhook`;
  if (status === 404 || status === 410)
    return `it knows no such webhook (${status}): check the \`url\`, or make a new one`;
  return `it does not take the message (${status}): check \`format\` and \`url\``;
}

/** Of a failed connection. `origin` is not secret: the service's name is shown everywhere. */
export function unreachable(error: unknown, origin: string): Outcome {
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return hitch(
        `nothing listens at ${origin} (connection refused): is the service up, and the port right?`,
      );
    case 'ENOTFOUND':
      return failure(`the name in ${origin} is not known: check \`url\` and the network`);
    case 'EAI_AGAIN':
      return hitch(`the name in ${origin} cannot be looked up now: check the network`);
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return hitch(`${origin} closed the connection without an answer`);
    case null:
      return failure(`${origin} cannot be called with these settings: check \`url\` and \`token\``);
    default:
      return /CERT|SSL|TLS/.test(code)
        ? failure(
            `the certificate of ${origin} is not trusted (${code}): name its authority in SSL_CERT_FILE`,
          )
        : hitch(`${origin} cannot be reached (${code}): check the network and the proxy`);
  }
}

function codeOf(error: unknown): string | null {
  for (let each = error, depth = 0; typeof each === 'object' && each !== null && depth < 5; depth += 1) {
    if ('code' in each && typeof each.code === 'string') return each.code;
    if ('errors' in each && Array.isArray(each.errors) && each.errors.length > 0)
      each = each.errors[0] as unknown;
    else each = 'cause' in each ? each.cause : null;
  }
  return null;
}

type Answer = Readonly<Record<string, unknown>>;

function objectOf(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Answer) : null;
  } catch {
    return null;
  }
}

function explained(answer: Answer | null, text: string, said: (text: string) => string): string {
  const keys = ['description', 'message', 'error'] as const;
  const found = keys.map((key) => answer?.[key]).find((value) => typeof value === 'string');
  const plain = answer === null && !/^\s*</.test(text) ? text : '';
  const words = said(typeof found === 'string' ? found : plain);
  return words === '' ? '' : `; it says "${words}"`;
}

/** Telegram: `parameters.retry_after`, Discord: `retry_after`; both in seconds. ms. */
function waitOf(answer: Answer | null): number | null {
  const inner = answer?.['parameters'];
  const holder = typeof inner === 'object' && inner !== null ? (inner as Answer) : answer;
  const seconds = holder?.['retry_after'];
  return typeof seconds === 'number' && seconds > 0 ? Math.ceil(seconds * 1000) : null;
}
