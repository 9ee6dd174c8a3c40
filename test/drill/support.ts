// Reports and events that tests of the drill are made of.
import type { Kpi } from '../../domain/kpi/model.js';
import type { DrillReport, ScenarioReport } from '../../drill/report/model.js';

export function scenarioReport(change: Partial<ScenarioReport> = {}): ScenarioReport {
  return {
    group: 'failover',
    name: 'provider-refused',
    hypothesis: 'When the first one is gone, the next one answers.',
    verdict: 'PASS',
    detail: '8 calls answered',
    proof: 'connection refused, asked by us',
    injected: false,
    started: '2026-11-23T10:00:00.000Z',
    duration_ms: 2000,
    fault: '2026-11-23T10:00:00.500Z',
    delays: { detect_ms: 20, decide_ms: null, act_ms: 90, verify_ms: 12_340 },
    incidents: [],
    failovers_ms: [],
    ...change,
  };
}

export function kpi(change: Partial<Kpi> = {}): Kpi {
  return {
    id: 'failover_time',
    name: 'Failover time',
    unit: 'seconds',
    value: 0.42,
    target: 5,
    good: '<',
    n: 3,
    verdict: 'met',
    spread: { p50: 0.1, p95: 0.42, max: 0.42 },
    definition: 'From the first call that failed to the first good answer.',
    unknown: null,
    ...change,
  };
}

export function drillReport(change: Partial<DrillReport> = {}): DrillReport {
  return {
    version: 1,
    verdict: 'PASS',
    seed: 7,
    broken: null,
    started: '2026-11-23T10:00:00.000Z',
    duration_ms: 168_400,
    machine: {
      cpu: 'A CPU',
      cores: 2,
      memory_bytes: 8 * 2 ** 30,
      system: 'Linux 6.1 x64',
      node: 'v20.0.0',
      nxs: '0.1.0',
      temporal: '1.9.1',
    },
    scenarios: [scenarioReport()],
    kpis: [kpi()],
    notes: [],
    ...change,
  };
}
