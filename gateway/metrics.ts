// Prometheus metrics of the gateway. Names are a contract with alert rules; labels are few and closed (providers, faults).
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Desk } from './desk.js';
import type { Watch } from './watch.js';

export interface GatewayMetrics {
  readonly watch: Watch;
  /** Text format 0.0.4. */
  text(): Promise<string>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const STATES = ['closed', 'half_open', 'open'] as const;

export function gatewayMetrics(desk: () => Desk): GatewayMetrics {
  const registers = [new Registry()];
  const requests = new Counter({
    name: 'nxs_gateway_requests_total',
    help: 'Client calls that ended, by lane and result (answered, error, broken in mid-stream, aborted by the client).',
    labelNames: ['lane', 'result'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'nxs_gateway_request_duration_seconds',
    help: 'From the request to the last byte.',
    labelNames: ['lane', 'result'] as const,
    buckets: SECONDS,
    registers,
  });
  const attempts = new Counter({
    name: 'nxs_provider_attempts_total',
    help: 'Calls of a provider that ended, by outcome (answered, or the fault).',
    labelNames: ['provider', 'outcome'] as const,
    registers,
  });
  const first = new Histogram({
    name: 'nxs_provider_first_content_seconds',
    help: 'From the call of a provider to its first content.',
    labelNames: ['provider'] as const,
    buckets: SECONDS,
    registers,
  });
  const hedges = new Counter({
    name: 'nxs_provider_hedges_total',
    help: 'Times that another provider was asked as well, because this one was silent past its limit.',
    labelNames: ['provider'] as const,
    registers,
  });
  const failovers = new Counter({
    name: 'nxs_failovers_total',
    help: 'Calls that another provider answered than the one that was asked first.',
    labelNames: ['from', 'to', 'reason'] as const,
    registers,
  });
  const failoverTime = new Histogram({
    name: 'nxs_failover_duration_seconds',
    help: 'From the start of the first call that failed or stayed silent to the first good content.',
    labelNames: ['lane'] as const,
    buckets: SECONDS,
    registers,
  });
  new Gauge({
    name: 'nxs_provider_breaker_state',
    help: '1 for the state that the breaker of a provider is in.',
    labelNames: ['provider', 'state'] as const,
    registers,
    collect() {
      for (const { rules } of desk().roster.usable)
        for (const state of STATES)
          this.set(
            { provider: rules.name, state },
            Number(desk().record(rules.name)?.breaker.state === state),
          );
    },
  });
  new Gauge({
    name: 'nxs_provider_healthy',
    help: '1 when the last look of the health monitor was good, 0 when it was bad; absent while unknown.',
    labelNames: ['provider'] as const,
    registers,
    collect() {
      this.reset();
      for (const { rules } of desk().roster.usable) {
        const health = desk().record(rules.name)?.health;
        if (health?.state === 'good' || health?.state === 'bad')
          this.set({ provider: rules.name }, Number(health.state === 'good'));
      }
    },
  });
  // Labels are hashed anew at each use, so those of the hot path are looked up once.
  const answered = kept((provider) => attempts.labels({ provider, outcome: 'answered' }));
  const firstOf = kept((provider) => first.labels({ provider }));
  const requestsOf = kept((both) => requests.labels(laneAndResult(both)));
  const durationOf = kept((both) => duration.labels(laneAndResult(both)));
  return {
    watch: {
      attempt(provider, fault, ms) {
        if (fault === null) answered(provider).inc();
        else attempts.inc({ provider, outcome: fault });
        if (ms !== null && fault === null) firstOf(provider).observe(ms / 1000);
      },
      hedged: (provider) => hedges.inc({ provider }),
      failover({ from, to, reason, ms, lane }) {
        failovers.inc({ from, to, reason });
        failoverTime.observe({ lane }, ms / 1000);
      },
      call(lane, result, ms) {
        const both = `${lane} ${result}`;
        requestsOf(both).inc();
        durationOf(both).observe(ms / 1000);
      },
    },
    text: async () => (await Promise.all(registers.map((each) => each.metrics()))).join('\n'),
  };
}

function laneAndResult(both: string): { lane: string; result: string } {
  const [lane = '', result = ''] = both.split(' ');
  return { lane, result };
}

function kept<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
