// The sixteen faults on our gateway: with continuation each one passes, by default none fails.
import { describe, expect, it } from 'vitest';
import { CATALOGUE, nameOf } from './support/catalogue.js';
import { gatewaySystem } from './support/gateway-system.js';
import { runScenario } from './support/runner.js';

/** Of the long waits only: 30 s of silence become 3 s. */
const SCALE = 0.1;

const ROWS = CATALOGUE.map((scenario) => [nameOf(scenario), scenario] as const);

describe.concurrent('a stream with mid_stream: continue passes', () => {
  const start = gatewaySystem('continue');
  it.each(ROWS)(
    '%s',
    async (_name, scenario) => {
      const { verdict, reasons, run } = await runScenario(scenario, { start, scale: SCALE, stream: true });
      expect(run.primary.length).toBeGreaterThan(0);
      expect({ verdict, reasons }).toEqual({ verdict: 'pass', reasons: [] });
    },
    90_000,
  );
});

describe.concurrent('a stream by default never fails, and never just breaks off', () => {
  const start = gatewaySystem('error');
  it.each(ROWS)(
    '%s',
    async (_name, scenario) => {
      const { verdict, reasons, run } = await runScenario(scenario, { start, scale: SCALE, stream: true });
      expect(run.primary.length).toBeGreaterThan(0);
      expect({ verdict, reasons }).not.toMatchObject({ verdict: 'fail' });
      expect(['answered', 'clean_error']).toContain(run.heard.outcome);
    },
    90_000,
  );
});

// Nothing was delivered yet when the fault comes, so a whole answer has no excuse.
describe.concurrent('a whole answer passes by default', () => {
  const start = gatewaySystem('error');
  it.each(ROWS)(
    '%s',
    async (_name, scenario) => {
      const { verdict, reasons, run } = await runScenario(scenario, { start, scale: SCALE, stream: false });
      expect(run.primary.length).toBeGreaterThan(0);
      expect({ verdict, reasons }).toEqual({ verdict: 'pass', reasons: [] });
    },
    90_000,
  );
});
