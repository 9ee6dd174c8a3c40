// Attempts of the durable lane are made in the worker, but let in and judged here, at the same desk as all others.
import { randomUUID } from 'node:crypto';
import { NxsError } from '../../domain/errors.js';
import type { Fault } from '../../domain/failover/fault.js';
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

/** An attempt that is not settled so long after the longest call can last (a lost message) frees its slot, ms. */
const GRACE = 60_000;

interface Held {
  readonly grant: Grant;
  /** ms since the epoch. */
  readonly began: number;
  /** Who was asked first in the same call and failed; null: nobody. */
  readonly from: string | null;
}

export function grantsOf(deskNow: () => Desk, watch: Watch, now: () => number): Grants {
  const open = new Map<string, Held>();
  /** The newest failed attempt at each provider. */
  const failed = new Map<string, { readonly began: number; readonly fault: Fault }>();
  const settle = (id: string, end: CallEnd): void => {
    const held = open.get(id);
    if (held === undefined) return;
    open.delete(id);
    const { grant, began, from } = held;
    deskNow().settle(grant, end);
    const to = grant.provider.name;
    if (end.kind === 'fault') failed.set(to, { began, fault: end.observation.fault });
    const before = from === null || from === to ? undefined : failed.get(from);
    if (end.kind === 'success' && from !== null && before !== undefined)
      watch.failover({ from, to, reason: before.fault, ms: now() - before.began, lane: 'durable' });
    const first = end.kind === 'success' ? (end.first ?? end.whole) : null;
    watch.attempt(grant.provider.name, end.kind === 'success' ? null : end.observation.fault, first);
  };
  const forget = (ids: Iterable<string>, detail: string): void => {
    const observation = { fault: 'cancelled', status: null, retryAfter: null, detail } as const;
    for (const id of ids) settle(id, { kind: 'fault', observation });
  };
  const overdue = (): string[] => {
    const longest = deskNow().roster.failover.globalTimeout + GRACE;
    return [...open].filter(([, { began }]) => now() - began > longest).map(([id]) => id);
  };
  return {
    claim({ facts, tried, excluded }) {
      forget(overdue(), 'its end was never told');
      const desk = deskNow();
      const { order, excluded: unfit } = desk.plan(facts);
      const reasons: string[] = [];
      const waits: number[] = [];
      for (const provider of order) {
        const tries = tried.filter((name) => name === provider.name).length;
        if (excluded.includes(provider.name) || tries >= provider.tries) continue;
        const claimed = desk.claim(provider, facts);
        if (claimed.granted) {
          const id = randomUUID();
          open.set(id, { grant: claimed.grant, began: now(), from: tried[0] ?? null });
          const { firstByte, idle } = claimed.grant;
          return { grant: { id, provider: provider.name, firstByte, idle } };
        }
        reasons.push(`${provider.name}: ${claimed.refusal.replaceAll('_', ' ')}`);
        waits.push(claimed.until === null ? 1000 : claimed.until - now());
      }
      const left =
        order.length > 0 ? reasons : unfit.map(({ name, why }) => `${name}: ${why.replaceAll('_', ' ')}`);
      const retryAfter = order.length === 0 ? null : Math.max(1000, Math.min(60_000, ...waits));
      return { none: { retryAfter, reason: left.join('; ') || 'everybody was tried' } };
    },
    settle: ({ id, end }) => settle(id, end),
    freeAll: () => forget([...open.keys()], 'the worker has gone'),
  };
}

/** Params come from another process: a call that we do not know is refused, not half understood. */
export function unknownCall(method: string): NxsError {
  return new NxsError('USAGE', `The front knows no call "${method}".`);
}

export type { Params, Reply };
