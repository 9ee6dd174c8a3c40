// Faults that happen a number of times to requests that match. Claims that rest on this file: lost replies, cut replies,
// 5xx with and without effect, silence, wrong object ids and garbled bytes in a reply that says 200.
import { parsed, refusal, rewrite, type Answer, type Asked, type Layer, type Next } from './layer.js';
import { secondaryLimit } from './refusals.js';
import type { Refusal } from './switches.js';

/**
 * `lost`: carried out, then the connection is destroyed. `reset`: destroyed, nothing was done. `cut`: carried out, half of
 * the body arrives. `status`: an error status (500); with `effect`, after the request was carried out. `secondary`: refused
 * by the secondary limit. `silent`: never answered. `wrong-oid`: the object id in the reply is another one. `garbled`: one
 * byte of a blob is another one in this reply.
 */
export type FaultKind =
  'lost' | 'reset' | 'cut' | 'status' | 'secondary' | 'silent' | 'wrong-oid' | 'garbled';

export interface Fault extends Omit<Refusal, 'status'> {
  readonly kind: FaultKind;
  /** Of `METHOD /route`, such as /POST .*blobs$/, or of the address `METHOD /path?query`; left out: all requests. */
  readonly match?: RegExp;
  /** How many requests it happens to; 1. */
  readonly times?: number;
  /** How many matching requests are left alone before; 0. */
  readonly after?: number;
  /** Of `status` and `secondary`. */
  readonly status?: number;
  readonly message?: string;
  /** Of `status`: the request is carried out before. */
  readonly effect?: boolean;
}

export interface Planned {
  /** How often it has happened. */
  fired(): number;
}

export interface Plan {
  add(fault: Fault): Planned;
  clear(): void;
  readonly layer: Layer;
}

interface Entry {
  readonly fault: Fault;
  skipped: number;
  fired: number;
}

export function planFaults(): Plan {
  const entries: Entry[] = [];
  return {
    add(fault) {
      const entry: Entry = { fault, skipped: 0, fired: 0 };
      entries.push(entry);
      return { fired: () => entry.fired };
    },
    clear: () => void entries.splice(0),
    async layer(asked, next) {
      const entry = entries.find((each) => takes(each, asked));
      if (entry === undefined) return next(asked);
      entry.fired += 1;
      return suffer(entry.fault, asked, next);
    },
  };
}

function takes(entry: Entry, asked: Asked): boolean {
  const { match, times = 1, after = 0 } = entry.fault;
  if (entry.fired >= times || !(match === undefined || matches(match, asked))) return false;
  if (entry.skipped >= after) return true;
  entry.skipped += 1;
  return false;
}

function matches(match: RegExp, asked: Asked): boolean {
  return match.test(asked.route) || match.test(`${asked.method} ${asked.path}${asked.query}`);
}

/** What this fault makes of one request. */
export async function suffer(fault: Fault, asked: Asked, next: Next): Promise<Answer> {
  const nothing: Answer = { status: 500, headers: {}, body: Buffer.alloc(0) };
  switch (fault.kind) {
    case 'lost':
      return { ...(await next(asked)), wire: 'destroy' };
    case 'reset':
      return { ...nothing, wire: 'destroy' };
    case 'cut':
      return { ...(await next(asked)), wire: 'half' };
    case 'silent':
      return { ...nothing, wire: 'silent' };
    case 'secondary': {
      const { status, retryAfter } = fault;
      return secondaryLimit({
        ...(status === 429 ? { status } : {}),
        ...(retryAfter === undefined ? {} : { retryAfter }),
      });
    }
    case 'status': {
      if (fault.effect === true) await next(asked);
      return refusal(fault.status ?? 500, fault.message ?? 'Server Error');
    }
    case 'wrong-oid':
      return rewrite(await next(asked), wrongOid);
    case 'garbled':
      return garble(await next(asked));
  }
}

function wrongOid(body: Record<string, unknown>): unknown {
  const other = (sha: unknown) => String(sha).replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const { object } = body;
  if (typeof object === 'object' && object !== null && 'sha' in object) {
    return { ...body, object: { ...object, sha: other(object.sha) } };
  }
  return 'sha' in body ? { ...body, sha: other(body['sha']) } : body;
}

function garble(answer: Answer): Answer {
  const { content } = parsed(answer.body);
  if (typeof content !== 'string') return { ...answer, body: flipped(answer.body) };
  const bytes = flipped(Buffer.from(content, 'base64'));
  return rewrite(answer, (body) => ({ ...body, content: bytes.toString('base64') }));
}

/** A copy with one byte in the middle changed. */
export function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.length >> 1;
  if (copy.length > 0) copy.writeUInt8(copy.readUInt8(at) ^ 0x20, at);
  return copy;
}
