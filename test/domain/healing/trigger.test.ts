import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrigger, triggered } from '../../../domain/healing/trigger.js';

describe('a trigger', () => {
  it('is never more than one sentence away from being right, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (typed) => {
        const parsed = parseTrigger(typed);
        if ('why' in parsed) expect(parsed.why).toMatch(/^[^\n]+\.$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('needs a target where there are several', () => {
    expect(parseTrigger({ kind: 'service_down', by: 'ops' })).toEqual({
      why: 'service_down needs a target: the name of a service in healing.yaml.',
    });
    expect(parseTrigger({ kind: 'unresponsive', by: 'ops' })).toHaveProperty('value');
  });

  it('is called what the monitor would call it', () => {
    const anomaly = (typed: object) => {
      const parsed = parseTrigger({ by: 'ops', ...typed });
      if ('why' in parsed) throw new Error(parsed.why);
      return triggered(parsed.value, 7);
    };
    expect(anomaly({ kind: 'service_down', target: 'web' })).toMatchObject({
      subject: 'service:web',
      detected: 7,
    });
    expect(anomaly({ kind: 'data_corruption', target: 'MEMORY.md' })).toMatchObject({
      subject: 'data',
      paths: ['MEMORY.md'],
    });
  });
});
