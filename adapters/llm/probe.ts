// Is somebody there? A GET that makes no token: probes that generate cost money (ml-intern #70). It proves little, so a
// good one alone closes no breaker.
import type { Fault } from '../../domain/failover/fault.js';
import type { Endpoint } from './endpoint.js';
import { getJson } from './get-json.js';
import { readOpenAi } from './model-lists.js';
import type { Wire } from './wire.js';

export interface Probe {
  /** unknown: it says nothing about whether calls would succeed (a rate limit on the list itself). */
  readonly state: 'good' | 'bad' | 'unknown';
  readonly fault: Fault | null;
  /** One line, without keys. */
  readonly detail: string;
  /** How long it took. */
  readonly ms: number;
  /** Names of its models; null: it has no such list. */
  readonly models: readonly string[] | null;
}

/** Statuses of servers that are well and have no list of models. */
const NO_LIST = new Set([404, 405, 501]);

/** Asks for the list of models, for at most `timeoutMs`. Never rejects. */
export async function probe(wire: Wire, endpoint: Endpoint, timeoutMs: number): Promise<Probe> {
  const got = await getJson(wire, endpoint, { path: '/models', timeoutMs });
  if (got.kind === 'answer') {
    const models = readOpenAi(got.json)?.ids ?? null;
    const detail = models === null ? 'answers, without a list of models' : `${models.length} models`;
    return { state: 'good', fault: null, detail, ms: got.ms, models };
  }
  const { fault, status, detail } = got.observation;
  if (status !== null && NO_LIST.has(status)) {
    return {
      state: 'good',
      fault: null,
      detail: 'reachable, has no list of models',
      ms: got.ms,
      models: null,
    };
  }
  return { state: stateOf(status, fault), fault, detail, ms: got.ms, models: null };
}

function stateOf(status: number | null, fault: Fault): 'bad' | 'unknown' {
  if (status === null || status >= 500 || status < 400) return 'bad';
  const useless: readonly Fault[] = ['unauthorized', 'forbidden', 'payment', 'credit'];
  return useless.includes(fault) ? 'bad' : 'unknown';
}
