import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stamp } from '../../../domain/sync/model.js';
import { stampsOf, syncMessage } from '../../../domain/sync/trailer.js';

const AT: Stamp = { l: 1_780_000_000_000, c: 2, node: 'home' };
const WHEN = '2026-11-20T10:00:00Z';
const HOSTILE_NAMES = ['__proto__', 'constructor', 'toString', 'a\nNxs-Stamps: []', 'a"b', 'a\u2028b', '0'];

const stamp = fc.record({
  l: fc.integer({ min: 0, max: 253_402_300_799_999 }),
  c: fc.nat({ max: 0xffff_ffff }),
  node: fc.constantFrom('home', 'edge-1', 'a.b_c'),
});
const path = fc.oneof(
  fc.constantFrom(...HOSTILE_NAMES, 'MEMORY.md', 'memory/über.md'),
  fc.string({ unit: 'binary', minLength: 1 }),
);
const stamps = fc
  .array(fc.tuple(path, stamp), { maxLength: 12 })
  .map((entries): ReadonlyMap<string, Stamp> => new Map(entries));

function sorted(map: ReadonlyMap<string, Stamp>) {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function plain(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'null';
  }
}

describe('stamps in a commit message', () => {
  it('look like this', () => {
    const two = new Map([
      ['b.md', AT],
      ['a.md', { ...AT, c: 0 }],
    ]);
    expect(syncMessage('home', WHEN, two)).toBe(
      'Sync from home at 2026-11-20T10:00:00Z\n\n' +
        'Nxs-Stamps: [["a.md",1780000000000,0,"home"],["b.md",1780000000000,2,"home"]]\n',
    );
    expect(syncMessage('home', WHEN, new Map())).toContain('\n\nNxs-Stamps: []\n');
  });

  it('come back as they were, whatever the paths and the host are', () => {
    fc.assert(
      fc.property(stamps, fc.string({ unit: 'binary' }), (map, host) => {
        const message = syncMessage(host, WHEN, map);
        expect(message.split('\n')).toHaveLength(4);
        expect(sorted(stampsOf(message))).toEqual(sorted(map));
      }),
    );
  });

  it.each(HOSTILE_NAMES)('carry a file named %j', (name) => {
    expect([...stampsOf(syncMessage('x', WHEN, new Map([[name, AT]])))]).toEqual([[name, AT]]);
  });

  it('are those of the last line that is one', () => {
    const other = syncMessage('x', WHEN, new Map([['old.md', AT]]));
    const own = syncMessage('x', WHEN, new Map([['new.md', AT]]));
    expect([...stampsOf(`${other}\n${own}`).keys()]).toEqual(['new.md']);
  });

  it('are read with the line ends of Windows', () => {
    const message = syncMessage('x', WHEN, new Map([['a', AT]])).replaceAll('\n', '\r\n');
    expect(stampsOf(message).get('a')).toEqual(AT);
  });

  it.each([
    '',
    'Sync from home at 2026-11-20',
    'Nxs-Stamps:',
    'Nxs-Stamps: [',
    'Nxs-Stamps: null',
    'Nxs-Stamps: 1',
    'Nxs-Stamps: "a"',
    'Nxs-Stamps: {"a":[1,0,"home"]}',
    'Nxs-Stamps: {"length":1,"0":["a",1,0,"home"]}',
    'Nxs-Stamps: [["a",1,0,"home"]] trailing',
    ' Nxs-Stamps: [["a",1,0,"home"]]',
    'x-Nxs-Stamps: [["a",1,0,"home"]]',
    `Nxs-Stamps: ${'['.repeat(200_000)}`,
    `Nxs-Stamps: ${'{"a":'.repeat(200_000)}`,
  ])('a message without a good one has none (%#)', (message) => {
    expect(stampsOf(message).size).toBe(0);
  });

  it.each([
    'null',
    '[]',
    '"a"',
    '["a",1,0]',
    '["a",1,0,"home",1]',
    '["a","1",0,"home"]',
    '["a",1.5,0,"home"]',
    '["a",-1,0,"home"]',
    '["a",1,-1,"home"]',
    '["a",1e300,0,"home"]',
    '["a",253402300800000,0,"home"]',
    '["a",1,9007199254740991,"home"]',
    '["a",1,0,""]',
    '["a",1,0,"no spaces"]',
    '["a",1,0,"../up"]',
    '["a",1,0,7]',
    '[7,1,0,"home"]',
    `["a",1,0,"${'n'.repeat(64)}"]`,
    '{"0":"a","1":1,"2":0,"3":"home","length":4}',
  ])('a row %s is left out, and its neighbours are not', (row) => {
    const read = stampsOf(`Nxs-Stamps: [${row},["good",1,0,"home"]]`);
    expect([...read]).toEqual([['good', { l: 1, c: 0, node: 'home' }]]);
  });

  it('never throw, and give only what is a stamp', () => {
    const row = fc.oneof(fc.json(), fc.tuple(path, fc.anything(), fc.nat(), fc.anything()).map(plain));
    fc.assert(
      fc.property(
        fc.oneof(
          row,
          fc.array(row).map((rows) => `[${rows.join()}]`),
        ),
        (text) => {
          for (const [, { l, c, node }] of stampsOf(`Nxs-Stamps: ${text}`)) {
            expect(Number.isSafeInteger(l) && Number.isSafeInteger(c)).toBe(true);
            expect(node).toMatch(/^[a-z0-9]/i);
          }
          expect(Object.getPrototypeOf({})).toBe(Object.prototype);
        },
      ),
    );
  });
});
