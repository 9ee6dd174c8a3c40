import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Anomaly, State } from '../../../domain/healing/model.js';
import {
  anomaliesOf,
  anomalyKey,
  blindOf,
  BLIND_AFTER,
  detectedAnew,
  observe,
  resumed,
  signatureOf,
  stillBad,
  wokeUp,
  type Observation,
  type Watch,
} from '../../../domain/healing/watch.js';
import { anomalyOf } from './support/world.js';

const ONCE = { bad: 1, of: 1, good: 1 };
const EMPTY: Watch = new Map();

function seen(kind: Anomaly['kind'], state: State, more: Partial<Observation> = {}): Observation {
  const { subject } = anomalyOf(kind);
  return {
    subject,
    kind,
    state,
    reading: { state, detail: `looks ${state}`, value: 1 },
    rule: ONCE,
    ...more,
  };
}

describe('a watch', () => {
  it('names what is wrong, and since when', () => {
    const watch = observe(EMPTY, [seen('service_down', 'bad')], 5000);
    expect(anomaliesOf(watch)).toEqual([
      {
        subject: 'service:web',
        kind: 'service_down',
        detail: 'looks bad',
        value: 1,
        since: 5000,
        detected: 5000,
        paths: [],
      },
    ]);
  });

  it('has one anomaly for each subject: the graver one', () => {
    const both = observe(EMPTY, [seen('memory_critical', 'bad'), seen('memory_warning', 'bad')], 1);
    expect(anomaliesOf(both).map(({ kind }) => kind)).toEqual(['memory_critical']);
    const less = observe(both, [seen('memory_critical', 'good')], 2);
    expect(anomaliesOf(less).map(({ kind }) => kind)).toEqual(['memory_warning']);
  });

  it('keeps the reason that was seen when it cannot be seen for a moment', () => {
    const bad = observe(EMPTY, [seen('data_corruption', 'bad', { paths: ['a'] })], 1);
    const unseen = observe(bad, [seen('data_corruption', 'unknown')], 2);
    expect(anomaliesOf(unseen)).toEqual(anomaliesOf(bad));
  });

  it('goes on with what another process saw, until it is seen to be well', () => {
    const before = observe(EMPTY, [seen('service_down', 'bad'), seen('unresponsive', 'bad')], 7);
    const after = resumed(anomaliesOf(before));
    expect(anomaliesOf(after)).toEqual(anomaliesOf(before));
    const well = observe(after, [seen('service_down', 'good')], 9);
    expect(anomaliesOf(well).map(({ subject }) => subject)).toEqual(['system']);
  });

  it('is blind to what could not be seen for minutes, and only then', () => {
    let watch = observe(EMPTY, [seen('service_down', 'unknown')], 0);
    watch = observe(watch, [seen('service_down', 'unknown')], BLIND_AFTER - 1);
    expect(blindOf(watch, BLIND_AFTER - 1)).toEqual([]);
    expect(blindOf(watch, BLIND_AFTER)).toEqual([
      { subject: 'service:web', detail: 'looks unknown', since: 0 },
    ]);
    expect(blindOf(observe(watch, [seen('service_down', 'good')], BLIND_AFTER), BLIND_AFTER)).toEqual([]);
  });

  it('forgets half-seen things when the machine slept', () => {
    const rule = { bad: 2, of: 2, good: 2 };
    const half = observe(EMPTY, [seen('service_down', 'bad', { rule })], 0);
    const after = observe(wokeUp(half), [seen('service_down', 'bad', { rule })], 9_000_000);
    expect(anomaliesOf(after)).toEqual([]);
  });

  it('begins once more what nobody has in hand, and tells it apart from before', () => {
    const before = observe(EMPTY, [seen('service_down', 'bad')], 1);
    const after = detectedAnew(before, anomaliesOf(before), 60_000);
    expect(anomaliesOf(after)).toMatchObject([{ since: 1, detected: 60_000 }]);
    expect(signatureOf(anomaliesOf(after), [])).not.toBe(signatureOf(anomaliesOf(before), []));
  });

  it('is still bad only when it was seen so twice in a row, not while nobody has seen it well yet', () => {
    const rule = { bad: 1, of: 3, good: 3 };
    const looks = (...states: readonly State[]) =>
      states.reduce((watch, state, at) => observe(watch, [seen('service_down', state, { rule })], at), EMPTY);
    expect(stillBad(looks('bad', 'bad'))).toHaveLength(1);
    expect(stillBad(looks('bad', 'bad', 'good'))).toEqual([]);
    expect(anomaliesOf(looks('bad', 'bad', 'good'))).toHaveLength(1);
    expect(stillBad(resumed(anomaliesOf(looks('bad'))))).toEqual([]);
  });

  it('has the same signature as long as nothing begins or ends, whatever is measured', () => {
    const looks = fc.array(
      fc.record({
        kind: fc.constantFrom<Anomaly['kind']>('service_down', 'memory_warning', 'unresponsive'),
        state: fc.constantFrom<State>('good', 'bad', 'unknown'),
        value: fc.integer(),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(looks, (all) => {
        let watch = EMPTY;
        all.forEach(({ kind, state, value }, at) => {
          const before = watch;
          watch = observe(watch, [seen(kind, state, { reading: { state, detail: '', value } })], at + 1);
          const keys = (each: Watch) => anomaliesOf(each).map(anomalyKey).join();
          const isSame = signatureOf(anomaliesOf(before), []) === signatureOf(anomaliesOf(watch), []);
          expect(isSame).toBe(keys(before) === keys(watch));
        });
      }),
    );
  });
});
