import { describe, expect, it } from 'vitest';
import { findingOf } from '../../drill/finding.js';
import { exitOf, lastLine, verdictOf } from '../../drill/report/verdict.js';
import { drillReport, kpi, scenarioReport } from './support.js';

describe('the verdict of a scenario', () => {
  it('is INCONCLUSIVE without a proof of the fault, whatever was seen', () => {
    const finding = findingOf({ proof: null, broken: ['a call failed'], seen: 'all well' });
    expect(finding.verdict).toBe('INCONCLUSIVE');
    expect(finding.detail).toContain('a call failed');
  });

  it('is FAIL when one promise is broken, and names all that are', () => {
    const finding = findingOf({
      proof: 'refused',
      broken: [null, 'too slow', false, 'an error'],
      seen: 'well',
    });
    expect(finding).toMatchObject({ verdict: 'FAIL', detail: 'too slow; an error' });
  });

  it('is PASS when the fault was proved and every promise kept', () => {
    const finding = findingOf({ proof: 'refused', broken: [null, false], seen: 'all well' });
    expect(finding).toMatchObject({ verdict: 'PASS', detail: 'all well' });
  });
});

describe('the verdict of a drill', () => {
  const of = (...verdicts: readonly ('PASS' | 'FAIL' | 'INCONCLUSIVE')[]) =>
    verdictOf(
      verdicts.map((verdict) => ({ verdict })),
      [kpi({ verdict: 'too_few' })],
    );

  it('passes when every scenario passes and no KPI is missed', () => {
    expect(of('PASS', 'PASS')).toBe('PASS');
  });

  it('fails on one failed scenario, also beside inconclusive ones', () => {
    expect(of('PASS', 'INCONCLUSIVE', 'FAIL')).toBe('FAIL');
  });

  it('fails on a missed KPI although every scenario passes', () => {
    expect(verdictOf([{ verdict: 'PASS' }], [kpi({ verdict: 'missed' })])).toBe('FAIL');
  });

  it('is inconclusive when a scenario is, or when there was none', () => {
    expect(of('PASS', 'INCONCLUSIVE')).toBe('INCONCLUSIVE');
    expect(of()).toBe('INCONCLUSIVE');
  });

  it('gives the exit codes of the contract', () => {
    expect((['PASS', 'FAIL', 'INCONCLUSIVE'] as const).map((verdict) => exitOf({ verdict }))).toEqual([
      0, 1, 4,
    ]);
  });

  it('ends with one line that says it all', () => {
    expect(lastLine(drillReport())).toBe('PASS: 1 scenario, 0 KPIs missed, 168 s');
    const failed = drillReport({
      verdict: 'FAIL',
      scenarios: [scenarioReport({ verdict: 'FAIL' }), scenarioReport({ verdict: 'INCONCLUSIVE' })],
      kpis: [kpi({ verdict: 'missed' })],
    });
    expect(lastLine(failed)).toBe('FAIL: 2 scenarios, 1 failed, 1 inconclusive, 1 KPI missed, 168 s');
  });
});
