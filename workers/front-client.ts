// How our own commands reach the running front: where it is, and with which key.
import type { Config } from '../config/types.js';
import { livingRun, readRunFile, type RunFile } from './run-file.js';

/** A front is on this machine, or in the same tailnet: longer than this it takes only when it hangs, ms. */
const PATIENCE = 3_000;

/** Header for the front's own routes; none when no token is configured. */
function tokenHeader(config: Pick<Config, 'nxs'>): Readonly<Record<string, string>> {
  return bearer(config.nxs.http.token);
}

/** Header for the gateway, which may have a key of its own. */
export function gatewayHeader(config: Pick<Config, 'nxs'>): Readonly<Record<string, string>> {
  const key = config.nxs.gateway.api_key ?? '';
  return bearer(key === '' ? config.nxs.http.token : key);
}

export type FrontReply =
  /** No run.json: nothing was started on this state directory. */
  | { readonly kind: 'none' }
  /** It says that it runs, and does not answer. */
  | { readonly kind: 'silent'; readonly run: RunFile }
  /** `body` null: no JSON object. */
  | {
      readonly kind: 'answer';
      readonly run: RunFile;
      readonly status: number;
      readonly body: Readonly<Record<string, unknown>> | null;
    };

/** GET of one of the front's JSON routes. Never rejects. */
export async function askFront(config: Pick<Config, 'nxs' | 'stateDir'>, path: string): Promise<FrontReply> {
  const run = await readRunFile(config.stateDir);
  if (run === null) return { kind: 'none' };
  // Of a control plane that was killed: by now its port may be somebody else's, who must not get our token.
  if (livingRun(run) === null) return { kind: 'silent', run };
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const init = { signal, headers: tokenHeader(config), redirect: 'error' } as const;
    const reply = await fetch(`${run.http}${path}`, init);
    const body: unknown = await reply.json().catch(() => null);
    return { kind: 'answer', run, status: reply.status, body: isObject(body) ? body : null };
  } catch {
    return { kind: 'silent', run };
  }
}

function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
