// POST /codec/decode and /codec/encode: what Temporal's web UI and command line ask to show payloads and to send them. Whoever may ask
// reads all that the histories hold, so it asks for its own token where there is one.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { openCodec, type Codec } from '../../adapters/temporal/payload-codec.js';
import { payloadKeys, type EncryptedSettings } from '../../adapters/temporal/payload-key.js';
import type { PlainPayload } from '../../adapters/temporal/payload-wire.js';
import { sameSecret } from '../../config/same-secret.js';
import { callerName, openWrongTokens } from '../../config/wrong-tokens.js';
import { errorCode } from '../../domain/errors.js';
import { readBody } from '../../gateway/http/read-request.js';
import { isTrusted } from '../front/guard.js';
import { hostName, isLoopbackName } from '../front/host-name.js';
import { sendJson } from '../front/respond.js';
import type { Route } from '../front/route.js';
import { callerOf } from '../front/router.js';
import { parsePayloads, payloadsBody } from './messages.js';
import { openPace } from './pace.js';

export const CODEC_PATH = '/codec';

/** Bytes of a request: the server takes messages of 4 MB, and base64 makes a third more of them. */
const MAX_BODY = 8 * 1024 * 1024;
/** A page of the web UI is some hundred payloads. */
const PACE = { burst: 2000, perSecond: 200 };
/** Requests that may not, of all callers together. */
const GUESSES = { burst: 20, perSecond: 0.2 };

export interface CodecRoutesOptions {
  readonly settings: EncryptedSettings;
  /** http.token of nxs.yaml. */
  readonly httpToken: string | undefined;
  /** URL of the web UI that belongs to this node (embedded, or temporal.ui_url); null: there is none. */
  readonly ui: () => string | null;
}

interface Configured {
  readonly nxs: {
    readonly temporal: EncryptedSettings;
    readonly http: { readonly token?: string | undefined };
  };
}

/** The routes as the configuration that is in force wants them: it may be another one after a reload. */
export function codecOf(current: () => Configured, ui: () => string | null): () => readonly Route[] {
  let made: { readonly by: Configured; readonly routes: readonly Route[] } | null = null;
  return () => {
    const by = current();
    const { temporal: settings, http } = by.nxs;
    if (made?.by !== by) made = { by, routes: codecRoutes({ settings, httpToken: http.token, ui }) };
    return made.routes;
  };
}

/** None without keys. */
export function codecRoutes({ settings, httpToken, ui }: CodecRoutesOptions): readonly Route[] {
  const keys = payloadKeys(settings);
  if (keys.length === 0) return [];
  const codec = openCodec(keys);
  const { token, origins = [] } = settings.encryption?.codec ?? {};
  const allowed = openPace(PACE);
  const mayGuess = openPace(GUESSES);
  const wrong = openWrongTokens();

  function mayUse(request: IncomingMessage): boolean {
    const caller = callerOf(request);
    if (token === undefined) return isTrusted(httpToken ?? null, caller);
    const given = /^Bearer (.+)$/i.exec(caller.authorization ?? '')?.[1];
    return given !== undefined && sameSecret(given, token);
  }

  const route = (name: 'decode' | 'encode', work: (payloads: readonly PlainPayload[]) => Work): Route => ({
    method: 'POST',
    path: `${CODEC_PATH}/${name}`,
    summary: `payloads for Temporal's web UI and command line: ${name}`,
    maxBody: MAX_BODY,
    ownKey: true,
    origins: () => [...origins, ...uiOrigins(ui())],
    async handle(request, response) {
      const from = callerName(request);
      const isGuess = request.headers.authorization !== undefined;
      // The right one does not count either: else guessing would go on.
      if (isGuess && wrong.blocked(from)) {
        response.setHeader('retry-after', '60');
        refuse(request, response, 429, 'Too many wrong tokens came from there; wait a minute.');
        return;
      }
      if (!mayUse(request)) {
        if (isGuess) wrong.note(from);
        if (mayGuess()) refuse(request, response, 401, whatToken(token));
        else refuse(request, response, 429, 'Too many requests without the right token.');
        return;
      }
      if (!allowed()) {
        response.setHeader('retry-after', '1');
        refuse(request, response, 429, 'Too many requests; try again in a second.');
        return;
      }
      const body = await readBody(request, MAX_BODY);
      if (!Buffer.isBuffer(body)) {
        refuse(request, response, body.status, body.message);
        return;
      }
      const payloads = parsePayloads(body.toString('utf8'));
      if (payloads === null) refuse(request, response, 400, 'Expected {"payloads":[…]} in proto3 JSON.');
      else sendJson(response, 200, payloadsBody(await work(payloads)));
    },
  });
  return [
    route('decode', (payloads) => Promise.all(payloads.map((each) => decoded(codec, each)))),
    route('encode', (payloads) => codec.encode(payloads)),
  ];
}

type Work = Promise<readonly PlainPayload[]>;

/** One that cannot be read stays as it is: the rest of the page is worth seeing, and its key's id stands in its metadata. */
async function decoded(codec: Codec, payload: PlainPayload): Promise<PlainPayload> {
  try {
    return (await codec.decode([payload]))[0] ?? payload;
  } catch (error) {
    if (errorCode(error) !== 'PAYLOAD_UNREADABLE') throw error;
    return payload;
  }
}

/** On loopback people type either name. */
function uiOrigins(ui: string | null): readonly string[] {
  if (ui === null) return [];
  const { origin, host, port, protocol } = new URL(ui);
  return isLoopbackName(hostName(host) ?? '') ? [origin, `${protocol}//localhost:${port}`] : [origin];
}

function whatToken(token: string | undefined): string {
  const which = token === undefined ? 'http.token' : 'temporal.encryption.codec.token';
  return `The codec endpoint wants \`Authorization: Bearer\` with ${which} of nxs.yaml.`;
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  // Nobody will read the rest of the body: the connection cannot be used again.
  if (!request.complete) response.setHeader('connection', 'close');
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="nxs codec"');
  sendJson(response, status, { error: { status, message } });
}
