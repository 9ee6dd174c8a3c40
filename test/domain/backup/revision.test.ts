import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAt } from '../../../domain/backup/revision.js';

describe('parseAt', () => {
  it.each([
    ['2026-02-03', '2026-02-03T23:59:59.999Z'],
    ['2026-02-03 04:05', '2026-02-03T04:05:00.000Z'],
    ['2026-02-03T04:05:06Z', '2026-02-03T04:05:06.000Z'],
    ['2026-02-03T04:05:06+02:00', '2026-02-03T02:05:06.000Z'],
    ['  2026-02-03T04:05:06.7Z ', '2026-02-03T04:05:06.700Z'],
  ])('reads %s as an instant', (text, iso) => {
    expect(parseAt(text)).toEqual({ kind: 'instant', at: Date.parse(iso) });
  });

  it.each(['', '  ', '-x', '--upload-pack=x', 'a b', 'a..b', 'a\0b', '2026-13-40'])('refuses %j', (text) => {
    expect(parseAt(text).kind).toBe('bad');
  });

  it('never lets through what git could take for an option or a range', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const wanted = parseAt(text);
        if (wanted.kind === 'name') expect(wanted.name).toMatch(/^(?!-)(?!.*\.\.)[^\s\0]+$/s);
      }),
    );
  });

  it('takes an instant for itself', () => {
    const dates = fc.date({ min: new Date('1971-01-01'), max: new Date('9999-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseAt(date.toISOString())).toEqual({ kind: 'instant', at: date.getTime() });
      }),
    );
  });
});
