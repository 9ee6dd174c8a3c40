// Logs for tests, made of parts that are known, so that a test can say what must be in a merged log without parsing it.
import { createHash } from 'node:crypto';
import fc from 'fast-check';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const TITLE = '# Decision Log\n\nWhat was decided, and why.\n\n';

/** One entry under a dated heading; `day` 1 to 28. */
export function entry(day: number, name: string, body = `Because of ${name}.`): string {
  return `## 2026-03-${String(day).padStart(2, '0')} ${name}\n\n${body}\n`;
}

export function logOf(entries: readonly string[], title = TITLE): string {
  return `${title}${entries.join('\n')}`;
}

/** A log as base and two sides that only added: entries by number, at any places, some of them the same on both sides. */
export const additions = fc
  .record({
    days: fc.array(fc.integer({ min: 1, max: 28 }), { minLength: 12, maxLength: 12 }),
    base: fc.integer({ min: 0, max: 4 }),
    hub: fc.array(fc.tuple(fc.integer({ min: 4, max: 9 }), fc.nat(9)), { maxLength: 4 }),
    local: fc.array(fc.tuple(fc.integer({ min: 6, max: 11 }), fc.nat(9)), { maxLength: 4 }),
  })
  .map(({ days, base, hub, local }) => {
    const texts = days.map((day, index) => entry(day, `decision ${String.fromCharCode(97 + index)}`));
    const start = texts.slice(0, base);
    const grown = (added: readonly (readonly [number, number])[]) => {
      const list = [...start];
      for (const [which, place] of added) {
        const text = texts[which] ?? '';
        if (!list.includes(text)) list.splice(place % (list.length + 1), 0, text);
      }
      return list;
    };
    return { base: start, hub: grown(hub), local: grown(local) };
  });

/** True when `part` is in `whole` in this order. */
export function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const each of whole) if (each === part[at]) at += 1;
  return at === part.length;
}

/** Entries of a log that was made with logOf(), found without the parser under test. */
export function cut(text: string): readonly string[] {
  return text
    .split(/^(?=## )/m)
    .slice(1)
    .map((each) => `${each.trimEnd()}\n`);
}
