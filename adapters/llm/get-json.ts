// Questions that cost no tokens: lists of models, health. A server that answers a GET with a page, or for ever, must
// not hold up whoever asks.
import type { Observation } from '../../domain/failover/fault.js';
import type { Json } from '../../domain/openai/record.js';
import { errorEnd, parseJson, systemObservation } from './answer.js';
import type { Endpoint } from './endpoint.js';
import { Exchange } from './exchange.js';
import { headerValues } from './headers.js';
import type { Wire } from './wire.js';

/** Longest list that is read, bytes; the longest known one (OpenRouter's) has about a tenth of it. */
const LARGEST_LIST = 8 * 1024 * 1024;

export interface Question {
  /** Below the base URL; with `beside`: beside its `/v1`. */
  readonly path: string;
  readonly beside?: boolean;
  /** Longest wait for the whole answer, ms. */
  readonly timeoutMs: number;
}

/** `ms`: how long it took. */
export type Got =
  /** A 2xx; `json` null: it was no JSON object. */
  | { readonly kind: 'answer'; readonly json: Json | null; readonly ms: number }
  | { readonly kind: 'fault'; readonly observation: Observation; readonly ms: number };

/** One GET. Never rejects. */
export function getJson(wire: Wire, endpoint: Endpoint, question: Question): Promise<Got> {
  return new Promise((resolve) => {
    const began = performance.now();
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let headers: readonly Buffer[] = [];
    let exchange = begin(false);
    const timer = setTimeout(() => {
      giveUp('no_first_byte', `no answer in ${question.timeoutMs} ms`);
    }, question.timeoutMs);

    function begin(fresh: boolean): Exchange {
      const next = new Exchange({
        onHead: (head, raw) => {
          status = head;
          headers = raw;
        },
        onChunk: (chunk) => {
          size += chunk.length;
          if (size > LARGEST_LIST) giveUp('malformed', 'the answer is too large');
          else chunks.push(chunk);
        },
        onFinish: () => {
          tell(verdict(status, headers, Buffer.concat(chunks), elapsed()));
        },
        onBroken: (error, reused) => {
          if (reused && !fresh) exchange = begin(true);
          else tell({ kind: 'fault', observation: systemObservation(error), ms: elapsed() });
        },
      });
      const { path, beside = false } = question;
      // In a turn of its own: a failure may be told before `begin` returns.
      setImmediate(() => {
        next.begin(wire, endpoint, { method: 'GET', path, beside, body: null, fresh });
      });
      return next;
    }

    function giveUp(fault: Observation['fault'], detail: string): void {
      exchange.abort();
      const observation = { fault, status: status === 0 ? null : status, retryAfter: null, detail };
      tell({ kind: 'fault', observation, ms: elapsed() });
    }

    function tell(got: Got): void {
      clearTimeout(timer);
      resolve(got);
    }

    function elapsed(): number {
      return Math.round(performance.now() - began);
    }
  });
}

function verdict(status: number, headers: readonly Buffer[], body: Buffer, ms: number): Got {
  if (status < 300) return { kind: 'answer', json: parseJson(body.toString('utf8')), ms };
  const { observation } = errorEnd(status, headerValues(headers), body, Date.now());
  return { kind: 'fault', observation, ms };
}
