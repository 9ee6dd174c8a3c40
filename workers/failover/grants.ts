// Attempts of the durable lane are made in the worker, but let in and judged here, at the same desk as all others.
import { randomUUID } from 'node:crypto';
import { NxsError } from '../../domain/errors.js';
import type { CallEnd } from '../../domain/failover/record.js';
import type { Desk, Grant } from '../../gateway/desk.js';
import type { Watch } from '../../gateway/watch.js';
import type { FrontCalls } from './calls.js';

type Params<M extends keyof FrontCalls> = Parameters<FrontCalls[M]>[0];
type Reply<M extends keyof FrontCalls> = Awaited<ReturnType<FrontCalls[M]>>;

export interface Grants {
  claim(input: Params<'failover.claim'>): Reply<'failover.claim'>;
  settle(input: Params<'failover.settle'>): void;
  /** The worker has gone: nobody will settle what it held. */
  freeAll(): void;
}

export function grantsOf(desk: Desk, watch: Watch, now: () => number): Grants {
  const open = new Map<string, Grant>();
  const settle = (id: string, end: CallEnd): void => {
    const grant = open.get(id);
    if (grant === undefined) return;
    open.delete(id);
    desk.settle(grant, end);
    const first = end.kind === 'success' ? (end.first ?? end.whole) : null;
    watch.attempt(grant.provider.name, end.kind === 'success' ? null : end.observation.fault, first);
  };
  return {
    claim({ facts, tried, excluded }) {
      const { order, excluded: unfit } = desk.plan(facts);
      const reasons: string[] = [];
      const waits: number[] = [];
      for (const provider of order) {
        const tries = tried.filter((name) => name === provider.name).length;
        if (excluded.includes(provider.name) || tries >= provider.tries) continue;
        const claimed = desk.claim(provider, facts);
        if (claimed.granted) {
          const id = randomUUID();
          open.set(id, claimed.grant);
          const { firstByte, idle } = claimed.grant;
          return { grant: { id, provider: provider.name, firstByte, idle } };
        }
        reasons.push(`${provider.name}: ${claimed.refusal.replaceAll('_', ' ')}`);
        waits.push(claimed.until === null ? 1000 : claimed.until - now());
      }
      const left = order.length > 0 ? reasons : unfit.map(({ name, why }) => `${name}: ${why.replaceAll('_', ' ')}`);
      const retryAfter = order.length === 0 ? null : Math.max(1000, Math.min(60_000, ...waits));
      return { none: { retryAfter, reason: left.join('; ') || 'everybody was tried' } };
    },
    settle: ({ id, end }) => settle(id, end),
    freeAll() {
      const observation = { fault: 'cancelled', status: null, retryAfter: null, detail: 'the worker has gone' } as const;
      for (const id of [...open.keys()]) settle(id, { kind: 'fault', observation });
    },
  };
}

/** Params come from another process: a call that we do not know is refused, not half understood. */
export function unknownCall(method: string): NxsError {
  return new NxsError('USAGE', `The front knows no call "${method}".`);
}

export type { Params, Reply };
