import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineDrift, nodeDrift, olderThan, serverDrift, versionDrift } from '../../domain/drift.js';

const HERE = { version: '0.2.0', build: 'abc' };
const FACTS = { version: '1.32.0', missing: [], retentionDays: 7, polled: 1_000_000 };
const readings = (facts: Partial<typeof FACTS> | object, now = 1_000_000) =>
  serverDrift({ ...FACTS, ...facts }, now).filter(({ reading }) => reading !== 'good');

describe('what runs and what is installed', () => {
  it('is well when they are the same, or nothing runs', () => {
    expect(versionDrift(HERE, HERE, '0.2.0').reading).toBe('good');
    expect(versionDrift(HERE, null, null).reading).toBe('good');
  });

  it.each([
    [
      'another version',
      { version: '0.1.0', build: 'abc' },
      null,
      /0\.1\.0 runs and 0\.2\.0 is installed.*nxs up/,
    ],
    ['a version before run.json named it', {}, null, /older than 0\.2 runs/],
    ['another build', { version: '0.2.0', build: 'def' }, null, /built anew.*nxs up/],
    ['a worker of another version', HERE, '0.1.0', /the worker is 0\.1\.0 and the front 0\.2\.0/],
  ])('says so for %s, and how to mend it', (_name, running, worker, words) => {
    expect(versionDrift(HERE, running, worker)).toMatchObject({
      reading: 'bad',
      detail: expect.stringMatching(words),
    });
  });

  it('refuses a Node below the engines', () => {
    expect(nodeDrift('v20.2.0', '>=20.3')).toMatchObject({
      reading: 'bad',
      detail: expect.stringContaining('20.3'),
    });
    expect(nodeDrift('v20.20.2', '>=20.3').reading).toBe('good');
  });

  it('notes an engine that is not the pinned one, either way', () => {
    expect(engineDrift('', '1.9.1').reading).toBe('good');
    expect(engineDrift('1.9.1', '1.9.1').reading).toBe('good');
    expect(engineDrift('1.8.3', '1.9.1')).toMatchObject({
      reading: 'unknown',
      detail: expect.stringContaining('older'),
    });
    expect(engineDrift('1.10.0', '1.9.1')).toMatchObject({
      reading: 'unknown',
      detail: expect.stringContaining('newer'),
    });
  });
});

describe('the server', () => {
  it('is well as we set it up', () => {
    expect(readings({})).toEqual([]);
  });

  it.each([
    [{ version: '1.26.2' }, 'Temporal server', /upgrade the cluster/],
    [
      { missing: ['NxsLevel=Int'] },
      'search attributes',
      /search-attribute create --name NxsLevel --type Int/,
    ],
    [{ retentionDays: 3 }, 'retention', /kept for 3 days.*--retention 7d/],
    [{ polled: 1_010_000 }, 'clock', /10 s ahead/],
    [{ polled: 900_000 }, 'clock', /100 s ago/],
  ])('%j: one sentence with the way to mend it', (facts, name, words) => {
    expect(readings(facts)).toEqual([{ name, reading: 'bad', detail: expect.stringMatching(words) }]);
  });

  it('nobody has polled: nothing is known about its clock', () => {
    expect(readings({ polled: null })).toMatchObject([{ name: 'clock', reading: 'unknown' }]);
  });
});

it('versions are ordered by their numbers', () => {
  const version = fc.array(fc.nat(40), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(version, version, (a, b) => {
      const weight = (each: readonly number[]) =>
        each.reduce((sum, part, index) => sum + part * 100 ** (2 - index), 0);
      expect(olderThan(`v${a.join('.')}`, b.join('.'))).toBe(weight(a) < weight(b));
    }),
  );
});
