// Every request to GitHub goes through here: paced, counted, bounded in silence, and its failure told in our words. Octokit's
// own throttling and retry plugins are left out: they repeat conflicts, and their waits die with the process.
import { Octokit } from '@octokit/rest';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Wait } from '../../domain/backup/ports.js';
import { limitOf, nextWrite, type Gate, type Pace, type Reply } from '../../domain/backup/rate-limit.js';
import { NxsError } from '../../domain/errors.js';
import { factsOf, replyFailure } from './failure.js';
import { openLedger, type Ledger, type LedgerFile } from './ledger.js';

/** A wait up to this long (ms) is made on the spot; a longer one is the workflow's, where it survives a restart. */
const ON_THE_SPOT = 5_000;
/** Repeats of a request whose reply was lost or a 5xx; all of ours may be repeated. */
const REPEATS = 2;

export interface ClientOptions {
  readonly owner: string;
  readonly repo: string;
  readonly token: string;
  readonly baseUrl: string;
  readonly pace: Pace;
  /** Directory of the ledgers. */
  readonly stateDir: string;
  readonly fetch: typeof globalThis.fetch;
}

export interface GithubClient {
  readonly octokit: Octokit;
  /** `owner/repo`, for octokit's parameters. */
  readonly at: { readonly owner: string; readonly repo: string };
  /** The repository as a person knows it. */
  readonly where: string;
  readonly ledger: LedgerFile;
  readonly pace: Pace;
  /** Mean time of a reply in this process, ms; 0: none came yet. */
  latency(): number;
  /** The wait that is too long to be made on the spot; null: none. */
  waiting(): Promise<Wait | null>;
}

/** What a call may put into octokit's `request`. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Never repeated by itself: a lost reply is looked up first. */
  readonly once?: boolean;
}

/** Opens no connection. Failures are NxsErrors (failure.ts); a limit is RATE_LIMITED with `until` (epoch ms). */
export function openClient(options: ClientOptions): GithubClient {
  const { owner, repo, token, baseUrl, pace } = options;
  const where = placeOf(options);
  const ledger = openLedger(options.stateDir, baseUrl, token);
  const scrub = (text: string): string => text.replaceAll(token, '***');
  const octokit = new Octokit({
    auth: token,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    userAgent: 'nxs-resilience',
    request: { fetch: options.fetch },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  const writes = inTurn();
  const took = { ms: 0, replies: 0 };
  octokit.hook.wrap('request', async (request, call) => {
    const { signal, once: noRepeat } = call.request as RequestOptions;
    const send = async (): Promise<Awaited<ReturnType<typeof request>>> => {
      const sent = Date.now();
      try {
        const reply = await withOwnSignal(signal, async (own) => {
          // A hook is bound to this very object: another one would be passed over.
          if (own !== undefined) call.request = { ...call.request, signal: own };
          const began = performance.now();
          const answered = await request(call);
          took.ms += performance.now() - began;
          took.replies += 1;
          return answered;
        });
        await settled(ledger, sent);
        // Octokit takes a body that broke off, or is no JSON, for a good reply with a text.
        if (typeof reply.data === 'string' && reply.status !== 204) throw brokenOff(where);
        return reply;
      } catch (error) {
        if (signal?.aborted === true) throw new NxsError('CANCELLED', `Work at ${where} was cancelled.`);
        const gate = await limited(ledger, error);
        throw gate === null ? replyFailure({ where, error, scrub }) : rateLimited(where, gate);
      }
    };
    const write = call.method !== 'GET' && call.method !== 'HEAD';
    const once = write
      ? () => writes(() => paced(where, ledger, pace, send, signal))
      : () => gated(where, ledger, send);
    return noRepeat === true ? once() : repeating(once, signal);
  });
  const waiting = async (): Promise<Wait | null> => {
    const gate = openGate(await ledger.read(), pace, Date.now());
    return gate === null || gate.until - Date.now() <= ON_THE_SPOT ? null : gate;
  };
  const latency = (): number => (took.replies === 0 ? 0 : took.ms / took.replies);
  return { octokit, at: { owner, repo }, where, ledger, pace, latency, waiting };
}

/** `owner/repo on github.com`. */
function placeOf({ owner, repo, baseUrl }: Pick<ClientOptions, 'owner' | 'repo' | 'baseUrl'>): string {
  return `${owner}/${repo} on ${new URL(baseUrl).host.replace(/^api\./, '')}`;
}

/** The error that a workflow turns into a durable wait. */
function rateLimited(where: string, { until, kind, reason }: Gate): NxsError {
  return new NxsError(
    'RATE_LIMITED',
    `${where}: ${reason}; it goes on at ${new Date(until).toISOString()}.`,
    { until, kind, reason },
  );
}

function brokenOff(where: string): NxsError {
  const said = 'the reply broke off';
  return new NxsError('DESTINATION_UNREACHABLE', `${where}: ${said}.`, {
    status: null,
    access: 'away',
    said,
  });
}

function gateAt({ gate }: Ledger, now: number): Gate | null {
  return gate !== null && gate.until > now ? gate : null;
}

async function gated<T>(where: string, ledger: LedgerFile, send: () => Promise<T>): Promise<T> {
  const gate = gateAt(await ledger.read({ fresh: false }), Date.now());
  if (gate !== null) throw rateLimited(where, gate);
  return send();
}

/** Waits for its turn in time, notes the write before it is made, and makes it. */
async function paced<T>(
  where: string,
  ledger: LedgerFile,
  pace: Pace,
  send: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    const now = Date.now();
    const open = await ledger.update((state) => {
      const value = openGate(state, pace, now);
      return { value, ledger: value === null ? { ...state, writes: [...state.writes, now] } : null };
    });
    if (open === null) return send();
    if (open.until - now > ON_THE_SPOT) throw rateLimited(where, open);
    await sleep(open.until - now, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw new NxsError('CANCELLED', `Work at ${where} was cancelled.`);
    });
  }
}

/** What keeps a write from being made now. */
function openGate(ledger: Ledger, pace: Pace, now: number): Gate | null {
  return gateAt(ledger, now) ?? nextWrite(ledger.writes, pace, now);
}

/** A good reply to what was sent after a wait ends the count of strikes; one that was under way before says nothing. */
async function settled(ledger: LedgerFile, sent: number): Promise<void> {
  const stale = ({ gate, strikes }: Ledger): boolean =>
    (strikes > 0 || gate !== null) && (gate === null || gate.until <= sent);
  if (!stale(await ledger.read({ fresh: false }))) return;
  await ledger.update((state) => ({
    value: null,
    ledger: stale(state) ? { ...state, strikes: 0, gate: null } : null,
  }));
}

async function limited(ledger: LedgerFile, error: unknown): Promise<Gate | null> {
  const reply = replyIn(error);
  if (reply === null) return null;
  return ledger.update((state) => {
    const now = Date.now();
    // Several requests that were under way together are refused once, not one strike after the other.
    const known = gateAt(state, now);
    const gate = limitOf(reply, now, Math.max(0, state.strikes - (known === null ? 0 : 1)));
    if (gate === null) return { value: null, ledger: null };
    const later = known !== null && known.until > gate.until ? known : gate;
    const strikes = state.strikes + (known === null ? 1 : 0);
    return { value: later, ledger: { ...state, gate: later, strikes } };
  });
}

function replyIn(error: unknown): Reply | null {
  if (typeof error !== 'object' || error === null || !('response' in error)) return null;
  const { response, status } = error as {
    response?: { headers?: Reply['headers']; data?: unknown };
    status?: number;
  };
  if (response === undefined) return null;
  const message = error instanceof Error ? error.message : '';
  return { status: status ?? 0, headers: response.headers ?? {}, message };
}

async function repeating<T>(once: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await once();
    } catch (error) {
      const away = error instanceof NxsError && error.code === 'DESTINATION_UNREACHABLE';
      if (!away || tries >= REPEATS || signal?.aborted === true || factsOf(error)?.status === 501)
        throw error;
      await sleep(250 * 4 ** tries);
    }
  }
}

/** Each request listens to a signal of its own, or thousands of them would hang on the step's. */
async function withOwnSignal<T>(
  signal: AbortSignal | undefined,
  send: (own: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (signal === undefined) return send(undefined);
  const own = new AbortController();
  const abort = (): void => own.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await send(own.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** One after the other, whoever asks. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.catch(() => undefined).then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function nothing(): void {
  // Octokit logs deprecations and failures to the console; ours go to our own log, scrubbed.
}
