// Every case of one path there is, over four contents, against a table that was written from SYNC.md and not from the code.
import { describe, expect, it } from 'vitest';
import { numbered } from '../../../domain/sync/merge-file.js';
import type { Strategy } from '../../../domain/sync/model.js';
import { oidOf, played, type Texts } from './support/cast.js';

const PATH = 'memory/notes.md';
const DATED = 'memory/2026-03-05-notes.md';
const DATED_EARLY = 'memory/2026-03-04-notes.md';

/** What somebody may have at the path; null: nothing. */
type Held = string | null;

interface Case {
  readonly b: Held;
  readonly l: Held;
  readonly r: Held;
  readonly localLater: boolean;
}

interface Expected {
  /** On both sides. */
  readonly after: Texts;
  readonly told: readonly string[];
  readonly lost: readonly string[];
}

const at = (held: Held): Texts => (held === null ? {} : { [PATH]: held });
const quiet = (held: Held): Expected => ({ after: at(held), told: [], lost: [] });

function casesOf(contents: readonly Held[]): readonly Case[] {
  return contents.flatMap((b) =>
    contents.flatMap((l) =>
      contents.flatMap((r) => [true, false].map((localLater) => ({ b, l, r, localLater }))),
    ),
  );
}

/** The rows that all strategies share; null: both changed, and both have it. */
function shared({ b, l, r }: Case): Expected | null {
  if (l === r) return quiet(l);
  if (l === b) return quiet(r);
  if (r === b) return quiet(l);
  if (l === null || r === null) return { ...quiet(l ?? r), told: [`delete-vs-modify ${PATH}`] };
  return null;
}

function replaced(one: Case): Expected {
  const { l, r, localLater } = one;
  const row = shared(one);
  if (row !== null) return row;
  const told = [`last-write-wins ${PATH}`];
  return localLater
    ? { after: at(l), told, lost: [`hub ${PATH} ${r ?? ''}`] }
    : { after: at(r), told, lost: [`local ${PATH} ${l ?? ''}`] };
}

function dated(one: Case): Expected {
  const { l, r, localLater } = one;
  const after = { ...at(r), [localLater ? DATED : DATED_EARLY]: l ?? '' };
  return shared(one) ?? { after, told: [`append-date ${PATH}`], lost: [] };
}

/** Entries of a log of lines. */
const entries = (held: Held): readonly string[] => (held ?? '').split('\n').filter((line) => line !== '');

function sortedLines(texts: Texts): Texts {
  const sort = (text: string) => `${[...entries(text)].sort().join('\n')}\n`;
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, sort(text)]));
}

function appended(one: Case): Expected {
  const { b, l, r } = one;
  if (l === null || r === null || l === r) return shared(one) ?? quiet(null);
  // Whatever one of them still has stays, each entry once; what nobody has any more is gone.
  const union = [...new Set([...entries(l), ...entries(r)])].sort();
  const after = at(`${union.join('\n')}\n`);
  const gone = entries(b).filter((each) => entries(l).includes(each) !== entries(r).includes(each));
  const kept = gone.map(() => `append-entry-kept ${PATH}`);
  const merged = l !== b && r !== b && ![l, r].includes(after[PATH] ?? '');
  return { after, told: [...(merged ? [`append ${PATH}`] : []), ...kept], lost: [] };
}

const VERSIONS: readonly Held[] = [null, 'v1', 'v2', 'v3'];
const LOGS: readonly Held[] = [null, '- a\n', '- a\n- b\n', '- a\n- c\n', '- b\n- c\n', '- a\n- b\n- c\n'];
const TABLES: readonly (readonly [Strategy, readonly Held[], (one: Case) => Expected])[] = [
  ['replace', VERSIONS, replaced],
  ['append-date', VERSIONS, dated],
  ['append', LOGS, appended],
];

describe.each(TABLES)('one path under %s', (strategy, contents, expected) => {
  it.each(casesOf(contents).map((one) => [JSON.stringify(one), one] as const))('%s', (_, one) => {
    const scene = { base: at(one.b), local: at(one.l), hub: at(one.r), strategy, localLater: one.localLater };
    const { local, hub, told, lost } = played(scene);
    // The order of entries is a matter of append-log.test.ts.
    const after = strategy === 'append' ? sortedLines(local) : local;
    expect({ after, told, lost }).toEqual(expected(one));
    expect(hub).toEqual(local);
    // Stopped after the publish: the same end, and nothing else to tell.
    const again = played({ ...scene, hub });
    expect([again.local, again.hub]).toEqual([local, hub]);
    for (const each of again.plan.notes) expect([...played(scene).plan.notes]).toContainEqual(each);
    // Done: nothing is left to do.
    const rest = played({ ...scene, base: local, local, hub });
    expect([rest.plan.publish.size, rest.plan.apply.size, rest.told]).toEqual([0, 0, []]);
  });
});

describe('one path in a first meeting', () => {
  const besides = (l: string) => numbered(PATH, oidOf(l));
  const pairs = VERSIONS.flatMap((l) => VERSIONS.map((r) => [l, r] as const));

  it.each(pairs)('replace: here %s, in the hub %s', (l, r) => {
    const { local, hub, told, lost } = played({ local: at(l), hub: at(r), joining: true });
    expect(hub).toEqual(local);
    expect(lost).toEqual([]);
    if (l === null || r === null || l === r) expect([local, told]).toEqual([at(l ?? r), []]);
    else expect([local, told]).toEqual([{ ...at(r), [besides(l)]: l }, [`join ${PATH}`]]);
  });

  it.each(pairs)('append-date: here %s, in the hub %s', (l, r) => {
    const scene = { local: at(l), hub: at(r), joining: true, strategy: 'append-date' } as const;
    const { local, hub, told } = played(scene);
    expect(hub).toEqual(local);
    if (l === null || r === null || l === r) expect([local, told]).toEqual([at(l ?? r), []]);
    else expect([local, told]).toEqual([{ ...at(r), [DATED]: l }, [`join ${PATH}`]]);
  });
});
