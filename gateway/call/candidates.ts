// Who may still be asked in one call. The order stands for the call; admission is asked again each time.
import { hasLargerContext, type Plan } from '../../domain/failover/plan.js';
import type { ProviderRules } from '../../domain/failover/provider.js';
import type { RequestFacts } from '../../domain/failover/request.js';
import type { Desk, Grant } from '../desk.js';

export interface Refused {
  readonly why: string;
  /** When asking again may help, ms since the epoch; null: any moment. */
  readonly until: number | null;
}

export interface Candidates {
  readonly plan: Plan;
  /** Next provider that lets us in, none of `busy`; null: nobody does now. */
  next(busy: ReadonlySet<string>): Grant | null;
  /** The same provider once more, when it has tries left and lets us in. */
  again(provider: ProviderRules): Grant | null;
  /** Could anybody else be asked beside those that are busy? Admission is not asked. */
  moreThan(busy: ReadonlySet<string>): boolean;
  /** A try that was ended by us does not count. */
  giveBack(provider: ProviderRules): void;
  /** Not in this call any more. */
  exclude(provider: ProviderRules): void;
  /** Only those that might take a longer prompt than this one. */
  needLargerContext(than: ProviderRules): void;
  /** Why those that were not asked were not. */
  readonly refused: ReadonlyMap<string, Refused>;
}

export function candidatesFor(desk: Desk, facts: RequestFacts): Candidates {
  const plan = desk.plan(facts);
  const excluded = new Set<string>();
  const tries = new Map<string, number>();
  const refused = new Map<string, Refused>();
  const claim = (provider: ProviderRules): Grant | null => {
    const claimed = desk.claim(provider, facts);
    if (!claimed.granted) {
      refused.set(provider.name, { why: claimed.refusal, until: claimed.until });
      return null;
    }
    refused.delete(provider.name);
    tries.set(provider.name, (tries.get(provider.name) ?? 0) + 1);
    return claimed.grant;
  };
  const left = ({ name, tries: most }: ProviderRules) => (tries.get(name) ?? 0) < most;
  const free = (each: ProviderRules, busy: ReadonlySet<string>) =>
    !excluded.has(each.name) && !busy.has(each.name) && left(each);
  return {
    plan,
    refused,
    next(busy) {
      for (const each of plan.order) {
        const grant = free(each, busy) ? claim(each) : null;
        if (grant !== null) return grant;
      }
      return null;
    },
    again: (provider) => (left(provider) && !excluded.has(provider.name) ? claim(provider) : null),
    moreThan: (busy) => plan.order.some((each) => free(each, busy)),
    giveBack: ({ name }) => void tries.set(name, Math.max(0, (tries.get(name) ?? 0) - 1)),
    exclude: ({ name }) => void excluded.add(name),
    needLargerContext(than) {
      for (const each of plan.order) if (!hasLargerContext(each, than)) excluded.add(each.name);
    },
  };
}
