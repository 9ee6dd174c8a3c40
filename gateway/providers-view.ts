import { firstContentLimit } from '../domain/failover/limits.js';
import { switchedTo } from '../domain/failover/switching.js';
import { policyOrder, type Desk } from './desk.js';
import type { ProvidersView, ProviderView } from './view.js';

/** The desk's state for people and programs. */
export function viewProviders(desk: Desk, now: number): ProvidersView {
  const { usable, unusable, failover } = desk.roster;
  const urls = new Map(usable.map(({ rules, endpoint }) => [rules.name, endpoint.baseUrl]));
  const order = policyOrder(desk, now);
  const active = order.find(({ name }) => desk.usable(name))?.name;
  const configured = order.flatMap((rules): ProviderView[] => {
    const record = desk.record(rules.name);
    if (record === undefined) return [];
    const { breaker, cooling, health, suspect, learned } = record;
    return [
      {
        name: rules.name,
        model: rules.model,
        base_url: urls.get(rules.name) ?? '',
        location: rules.location,
        priority: rules.priority,
        state: breaker.state,
        active: rules.name === active,
        since: iso(breaker.since),
        open_until: breaker.state === 'open' ? iso(breaker.until) : null,
        reason: breaker.state === 'closed' ? (cooling?.reason ?? null) : breaker.reason,
        failures:
          breaker.state === 'closed' ? breaker.failures.filter((at) => at > now - failover.window).length : 0,
        threshold: rules.threshold,
        cooling_until: cooling !== null && cooling.until > now ? iso(cooling.until) : null,
        suspect: suspect !== null && suspect.until > now,
        health: health === null ? null : { state: health.state, detail: health.detail, at: iso(health.at) },
        hedge_after: Math.round(
          failover.firstByteTimeout ?? firstContentLimit(learned, 1, failover.hedgeAfter),
        ),
        unset: [],
      },
    ];
  });
  const others = unusable.map(({ rules, baseUrl, unset }): ProviderView => ({
    name: rules.name,
    model: rules.model,
    base_url: baseUrl,
    location: rules.location,
    priority: rules.priority,
    state: 'not_configured',
    active: false,
    since: null,
    open_until: null,
    reason: null,
    failures: 0,
    threshold: rules.threshold,
    cooling_until: null,
    suspect: false,
    health: null,
    hedge_after: failover.hedgeAfter,
    unset,
  }));
  const current = desk.currentSwitch();
  const to = switchedTo(current, now);
  return {
    mode: failover.mode,
    switch:
      to === null
        ? null
        : {
            to,
            until: current.until === null ? null : iso(current.until),
            by: current.by,
            at: iso(current.at),
          },
    providers: [...configured, ...others],
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
