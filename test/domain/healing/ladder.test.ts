import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nextStep, type Tried } from '../../../domain/healing/ladder.js';
import { ANOMALY_KINDS, LEVELS, type AnomalyKind, type Level } from '../../../domain/healing/model.js';
import { firstLevel, linesOf, planHash, planLevel } from '../../../domain/healing/playbook.js';
import { ALL, anomalyOf, NOTHING, RICH, rulesOf } from './support/world.js';

const FRESH = { healed: {} };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Levels that an incident goes through when nothing helps. */
function climb(kind: AnomalyKind, rules = rulesOf(RICH), possible = ALL, past = FRESH) {
  const tried: Tried[] = [];
  const skipped = new Map<Level, string>();
  for (;;) {
    const step = nextStep(anomalyOf(kind), tried, rules, possible, past);
    for (const { level, reason } of step.skipped) skipped.set(level, reason);
    if (step.kind === 'exhausted') return { levels: tried.map(({ level }) => level), skipped };
    tried.push({ level: step.playbook.level, how: 'no_effect' });
  }
}

describe('the ladder', () => {
  it('takes the levels that can help, in their order', () => {
    const paths = Object.fromEntries(ANOMALY_KINDS.map((kind) => [kind, climb(kind).levels]));
    expect(paths).toEqual({
      memory_warning: [1, 2],
      memory_critical: [1, 2, 5],
      disk_critical: [1],
      service_down: [2, 5],
      provider_failure: [3],
      extension_crash: [4, 5],
      unresponsive: [5],
      data_corruption: [6],
    });
  });

  it('is only ever climbed, and says of every level that it passes over why', () => {
    const kinds = fc.constantFrom(...ANOMALY_KINDS);
    const worlds = fc.record({
      escalation: fc.constantFrom('applicable', 'literal'),
      services: fc.constantFrom(RICH.services, []),
      extensions: fc.constantFrom(RICH.extensions, []),
      caches: fc.constantFrom(RICH.caches, { paths: [] }),
    });
    const possible = fc.record({ otherProvider: fc.boolean(), restorable: fc.boolean() });
    fc.assert(
      fc.property(kinds, worlds, possible, (kind, world, can) => {
        const { levels, skipped } = climb(kind, rulesOf(world), can);
        expect(levels).toEqual([...new Set(levels)].sort());
        const from = firstLevel(kind);
        for (const level of LEVELS.filter((each) => each >= from && !levels.includes(each)))
          expect(skipped.get(level)).toMatch(/\w/);
      }),
      { numRuns: 500 },
    );
  });

  it('never restores without evidence of damage, whatever the escalation is', () => {
    const rules = rulesOf({ ...RICH, escalation: 'literal' });
    for (const kind of ANOMALY_KINDS.filter((each) => each !== 'data_corruption'))
      expect(climb(kind, rules).levels).not.toContain(6);
  });

  it('goes to the plain next level when the source document is taken literally', () => {
    expect(climb('memory_warning', rulesOf({ ...RICH, escalation: 'literal' })).levels).toEqual([
      1, 2, 3, 4, 5,
    ]);
  });

  it('does not take a disruptive level that helped three times in an hour and never for long', () => {
    const past = { healed: { 2: 3 } };
    expect(climb('service_down', rulesOf(RICH), ALL, past).levels).toEqual([5]);
    expect(climb('service_down', rulesOf(RICH), ALL, { healed: { 2: 2 } }).levels).toEqual([2, 5]);
  });

  it('has nothing to run where nothing is configured, and says so', () => {
    const bare = rulesOf();
    expect(climb('memory_warning', bare, NOTHING).levels).toEqual([]);
    expect(climb('memory_critical', bare, NOTHING).levels).toEqual([5]);
    expect(climb('disk_critical', bare, NOTHING)).toMatchObject({ levels: [] });
    expect(climb('disk_critical', bare, NOTHING).skipped.get(1)).toContain('no cache directories');
    expect(climb('provider_failure', bare, NOTHING).skipped.get(3)).toBe('no other provider can answer');
    expect(climb('data_corruption', bare, NOTHING).skipped.get(6)).toContain('no destination');
  });
});

describe('a plan', () => {
  it('restarts the service that is down and no other', () => {
    const planned = planLevel(2, anomalyOf('service_down'), rulesOf(RICH), ALL);
    if ('skip' in planned) throw new Error(planned.skip);
    expect(linesOf(planned.playbook)).toEqual(['restart web']);
    expect(planned.playbook).toMatchObject({ target: 'web', disruptive: true, permission: 'auto' });
  });

  it('restarts for memory only what is said to relieve it', () => {
    const planned = planLevel(2, anomalyOf('memory_warning'), rulesOf(RICH), ALL);
    expect('playbook' in planned && linesOf(planned.playbook)).toEqual(['restart web']);
    const none = rulesOf({ ...RICH, services: RICH.services.slice(1) });
    expect(planLevel(2, anomalyOf('memory_warning'), none, ALL)).toEqual({
      skip: expect.stringContaining('relieves') as string,
    });
  });

  it('says of a service without a restart command that it has none', () => {
    const anomaly = anomalyOf('service_down', { subject: 'service:watched' });
    expect(planLevel(2, anomaly, rulesOf(RICH), ALL)).toEqual({ skip: 'watched has no `restart` command' });
  });

  it('takes the own command of a level in the place of the built-in one, and refuses one for a restore', () => {
    const own = { ...RICH, levels: { 5: { run: ['systemctl', 'reboot'] } } };
    const five = planLevel(5, anomalyOf('unresponsive'), rulesOf(own), ALL);
    expect('playbook' in five && linesOf(five.playbook)).toEqual(['systemctl reboot']);
    expect(() => rulesOf({ levels: { 6: { run: ['rm', '-rf', '/'] } } })).toThrow(/takes no command/);
  });

  it('has another hash as soon as anything of what would run is another', () => {
    const words = fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 });
    const hashOf = (argv: readonly string[]) => {
      const services = [{ ...RICH.services[0], restart: [...argv] }];
      const planned = planLevel(2, anomalyOf('service_down'), rulesOf({ services }), ALL);
      return 'skip' in planned ? planned.skip : planHash(planned.playbook, sha256);
    };
    fc.assert(
      fc.property(words, words, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(hashOf(one) === hashOf(other)).toBe(same);
      }),
    );
  });

  it('is shown as one could type it, whatever is in a word', () => {
    const services = [{ ...RICH.services[0], restart: ['sh', "it's $HOME; rm"] }];
    const planned = planLevel(2, anomalyOf('service_down'), rulesOf({ services }), ALL);
    expect('playbook' in planned && linesOf(planned.playbook)).toEqual([String.raw`sh 'it'\''s $HOME; rm'`]);
  });
});
