import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openAnswered } from '../../../workers/healing/answered.js';
import { health, provider, view } from './views.js';

const scratch = mkdtempSync(join(tmpdir(), 'nxs-answered-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(scratch, 'state-'));
});

const file = () => join(state, 'healing/answered.json');
const wellNow = (...names: string[]) => view(names.map((name) => provider(name, { health: health('good') })));

describe('a provider has answered', () => {
  it('when it was seen well once, and for ever, also after a restart', async () => {
    const answered = openAnswered(state);
    expect(answered.has('a')).toBe(false);
    await answered.note(wellNow('a'));
    expect(answered.has('a')).toBe(true);
    await answered.note(view([provider('a', { health: health('bad'), state: 'open' })]));
    expect(answered.has('a')).toBe(true);
    expect(openAnswered(state).has('a')).toBe(true);
    expect(openAnswered(state).has('b')).toBe(false);
  });

  it('never by a health that is bad, unknown or absent', async () => {
    const answered = openAnswered(state);
    await answered.note(
      view([
        provider('bad', { health: health('bad') }),
        provider('unknown', { health: health('unknown') }),
        provider('absent'),
      ]),
    );
    for (const name of ['bad', 'unknown', 'absent']) expect(answered.has(name), name).toBe(false);
    expect(() => readFileSync(file())).toThrow();
  });

  it('beside all that have before', async () => {
    await openAnswered(state).note(wellNow('a', 'b'));
    const later = openAnswered(state);
    await later.note(wellNow('c'));
    await later.note(wellNow('a', 'd'));
    const again = openAnswered(state);
    expect(['a', 'b', 'c', 'd', 'e'].map((name) => again.has(name))).toEqual([true, true, true, true, false]);
  });
});

describe('the file', () => {
  it('is written only when there is news', async () => {
    const answered = openAnswered(state);
    await answered.note(wellNow('a'));
    const before = statSync(file(), { bigint: true });
    await answered.note(wellNow('a'));
    // It is replaced with each write, so another write would be another inode.
    expect(statSync(file(), { bigint: true }).ino).toBe(before.ino);
    await answered.note(wellNow('a', 'b'));
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual(['a', 'b']);
  });

  it('that is torn or foreign is as good as none', async () => {
    mkdirSync(join(state, 'healing'));
    for (const text of ['', '["a"', '{"a":1}', '[1]', 'null']) {
      writeFileSync(file(), text);
      expect(openAnswered(state).has('a'), text).toBe(false);
    }
    const answered = openAnswered(state);
    await answered.note(wellNow('b'));
    expect(openAnswered(state).has('b')).toBe(true);
  });

  it('that cannot be written costs only the memory of it', async () => {
    writeFileSync(join(state, 'healing'), 'a file where the directory should be');
    const answered = openAnswered(state);
    await answered.note(wellNow('a'));
    expect(answered.has('a')).toBe(true);
    expect(openAnswered(state).has('a')).toBe(false);
  });
});
