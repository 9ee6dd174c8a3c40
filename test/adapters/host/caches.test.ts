// Real files. Nobody can set the time of a file's last change (ctime), so the clock of the test runs ahead instead: by then every file
// is old, except those that carry a stamp of then.
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openCaches } from '../../../adapters/host/caches.js';
import type { CacheRules } from '../../../domain/healing/ports.js';
import { mountTmpfs, unmount, WITHOUT_MOUNTS } from '../../faults/support/mounts.js';

const HOUR = 3_600_000;
/** Of whole seconds, so that a stamp says exactly this. */
const AHEAD = Math.ceil(Date.now() / 1000) * 1000 + 100 * HOUR;
/** s; a stamp that is not old yet. */
const YOUNG = (AHEAD - HOUR) / 1000;
const OLDER_THAN = 10 * HOUR;

const scratch = mkdtempSync(join(tmpdir(), 'nxs-caches-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(scratch, 'cache-'));
});

const NEVER = new AbortController().signal;
const at = (path: string) => join(root, path);
const rules = (more: Partial<CacheRules> = {}): CacheRules => ({
  paths: [root],
  olderThan: OLDER_THAN,
  protect: [],
  ...more,
});
const clear = (more: Partial<CacheRules> = {}, signal = NEVER) =>
  openCaches(() => AHEAD).clear(rules(more), { dryRun: false, signal });
const count = (more: Partial<CacheRules> = {}) =>
  openCaches(() => AHEAD).clear(rules(more), { dryRun: true, signal: NEVER });

/** An old file. */
function put(path: string, bytes = 10): string {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), Buffer.alloc(bytes));
  return at(path);
}

/** All that is there, sorted; directories with a slash. */
function tree(dir = root, prefix = ''): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .flatMap((entry) => {
      const name = prefix + entry.name;
      return entry.isDirectory() ? [`${name}/`, ...tree(join(dir, entry.name), `${name}/`)] : [name];
    })
    .sort();
}

describe('what is removed', () => {
  it('is old: neither read, nor written, nor changed for so long', async () => {
    put('old', 7);
    utimesSync(put('read'), YOUNG, 1);
    utimesSync(put('written'), 1, YOUNG);
    put('just.not', 1);
    utimesSync(at('just.not'), (AHEAD - OLDER_THAN) / 1000, 1);
    utimesSync(put('just', 3), (AHEAD - OLDER_THAN) / 1000 - 1, 1);
    expect(await clear()).toEqual({ files: 2, bytes: 10, problems: [] });
    expect(tree()).toEqual(['just.not', 'read', 'written']);
  });

  it('is nothing that came just now with a stamp of long ago, as out of an archive', async () => {
    utimesSync(put('unpacked'), 1, 1);
    const now = await openCaches().clear(rules(), { dryRun: false, signal: NEVER });
    expect(now).toEqual({ files: 0, bytes: 0, problems: [] });
    expect(tree()).toEqual(['unpacked']);
  });

  it('is the biggest first', async () => {
    const sizes = [300, 5, 100, 200, 7];
    for (const size of sizes) put(`d${size % 3}/${size}`, size);
    const bySize = [...sizes].sort((a, b) => b - a).map((size) => at(`d${size % 3}/${size}`));
    for (const [index, path] of bySize.entries()) {
      // Called off as soon as that one is gone.
      const signal = {
        ...NEVER,
        get aborted() {
          return !existsSync(path);
        },
      } as AbortSignal;
      await clear({}, signal);
      expect(bySize.filter((each) => existsSync(each))).toEqual(bySize.slice(index + 1));
    }
  });

  it('is no name that is protected, at any depth, with all that is in it', async () => {
    for (const path of ['keep/a/b', 'x/keep', 'x/y/keep/c', 'x/gone', 'keeper', 'KEEP/d']) put(path);
    expect(await clear({ protect: ['keep', 'other'] })).toMatchObject({ files: 3, problems: [] });
    expect(tree().filter((path) => !path.endsWith('/'))).toEqual(['keep/a/b', 'x/keep', 'x/y/keep/c']);
  });

  it('is no link and nothing behind one, and nothing that is no file', async () => {
    const outside = mkdtempSync(join(scratch, 'outside-'));
    writeFileSync(join(outside, 'mine'), 'mine');
    mkdirSync(at('dir'));
    symlinkSync(outside, at('dir/link'));
    symlinkSync(join(outside, 'mine'), at('file-link'));
    symlinkSync('nowhere', at('dangling'));
    expect(await clear()).toEqual({ files: 0, bytes: 0, problems: [] });
    expect(tree()).toEqual(['dangling', 'dir/', 'dir/link', 'file-link']);
    expect(readdirSync(outside)).toEqual(['mine']);
  });

  it('counts no space for a file that has another name elsewhere', async () => {
    const outside = mkdtempSync(join(scratch, 'outside-'));
    linkSync(put('twice', 50), join(outside, 'mine'));
    expect(await clear()).toMatchObject({ files: 1, bytes: 0 });
    expect(lstatSync(join(outside, 'mine')).size).toBe(50);
  });

  it('leaves no empty directories behind, but the cache itself, and those that are young', async () => {
    put('a/b/c/file');
    mkdirSync(at('empty'));
    mkdirSync(at('young'));
    utimesSync(at('young'), YOUNG, YOUNG);
    await clear();
    expect(tree()).toEqual(['young/']);
  });

  it('is nothing that was written between the look and the removal', async () => {
    for (const name of ['first', 'second']) put(name, name === 'first' ? 20 : 10);
    const signal = {
      ...NEVER,
      get aborted() {
        if (!existsSync(at('first'))) writeFileSync(at('second'), 'somebody writes this now');
        return false;
      },
    } as AbortSignal;
    expect(await clear({}, signal)).toEqual({ files: 1, bytes: 20, problems: [] });
    expect(tree()).toEqual(['second']);
  });

  it('is nothing at all when it is called off before', async () => {
    put('old');
    expect(await clear({}, AbortSignal.abort())).toMatchObject({ files: 0 });
    expect(tree()).toEqual(['old']);
  });

  it.skipIf(WITHOUT_MOUNTS !== null)(
    'is nothing on another file system (needs root for a small tmpfs)',
    async () => {
      put('old');
      mountTmpfs(at('mounted'), '1m');
      try {
        put('mounted/elsewhere');
        expect(await clear()).toMatchObject({ files: 1, problems: [] });
        expect(tree()).toEqual(['mounted/', 'mounted/elsewhere']);
      } finally {
        unmount(at('mounted'));
      }
    },
  );
});

describe('a cache path', () => {
  it('that is a link, a file, or missing is told as a problem, and left alone', async () => {
    put('real/old');
    symlinkSync(at('real'), at('link'));
    put('file');
    const problems = [
      `${at('link')} is a link`,
      `${at('file')} is no directory`,
      `${at('missing')} cannot be looked at (ENOENT)`,
    ];
    const paths = ['link', 'file', 'missing'].map(at);
    expect(await clear({ paths })).toEqual({ files: 0, bytes: 0, problems });
    expect(tree()).toEqual(['file', 'link', 'real/', 'real/old']);
  });

  it('that is too much of this machine is refused, by any of its names', async () => {
    const home = homedir();
    symlinkSync(dirname(home), at('link'));
    const through = join(at('link'), basename(home));
    // Called off and only counted: a guard that is broken must not cost this machine its files.
    const halted = { dryRun: true, signal: AbortSignal.abort() };
    const paths = ['/', '/tmp', '/usr/..', home, dirname(home), through];
    expect((await openCaches(() => AHEAD).clear(rules({ paths }), halted)).problems).toEqual([
      '/ is too much of this machine to be a cache',
      '/tmp is too much of this machine to be a cache',
      '/usr/.. is too much of this machine to be a cache',
      `${home} holds a home directory`,
      `${dirname(home)} holds a home directory`,
      `${through} holds a home directory`,
    ]);
  });

  it('keeps no other from being cleared', async () => {
    put('real/old', 4);
    const done = await clear({ paths: [at('missing'), at('real')] });
    expect(done).toMatchObject({ files: 1, bytes: 4 });
    expect(done.problems).toHaveLength(1);
  });

  it('below the home directory is fine, and whose name only begins like it as well', async () => {
    const cache = join(homedir(), '.cache');
    writeFileSync(join(cache, 'old'), 'old');
    expect(await clear({ paths: [cache] })).toMatchObject({ files: 1, problems: [] });
    const beside = mkdtempSync(`${homedir()}-beside-`);
    writeFileSync(join(beside, 'old'), 'old');
    expect(await clear({ paths: [beside] })).toMatchObject({ files: 1, problems: [] });
    rmSync(beside, { recursive: true });
  });

  it('is needed: without any nothing is done', async () => {
    put('old');
    await expect(clear({ paths: [] })).rejects.toMatchObject({ code: 'USAGE' });
    expect(tree()).toEqual(['old']);
  });

  it('among many that are wrong: no more than 20 sentences', async () => {
    const paths = Array.from({ length: 30 }, (_none, index) => at(`missing-${index}`));
    const { problems } = await clear({ paths });
    expect(problems).toHaveLength(20);
    expect(problems.at(-1)).toBe('and 11 more');
  });
});

const NAMES = ['a', 'b', 'keep', 'c d', '.hidden', 'ü'] as const;
const file = fc.record({
  path: fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }),
  bytes: fc.integer({ min: 0, max: 3000 }),
  age: fc.constantFrom('old', 'read', 'written'),
  kind: fc.constantFrom('file', 'file', 'file', 'link'),
});

type Wanted = typeof file extends fc.Arbitrary<infer T> ? T : never;

it('removes exactly what a plain oracle names, in any tree, and counts it before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { maxLength: 20 }),
      fc.subarray(['keep', '.hidden', 'absent']),
      async (wanted, protect) => {
        root = mkdtempSync(join(scratch, 'random-'));
        const outside = mkdtempSync(join(scratch, 'outside-'));
        writeFileSync(join(outside, 'mine'), 'mine');
        // Links last, the deepest first: nothing is to be made through one.
        const rank = ({ kind, path }: Wanted) => (kind === 'link' ? 10 - path.length : 0);
        const made = [...wanted].sort((a, b) => rank(a) - rank(b)).filter((each) => make(each, outside));
        const goes = made.filter(
          ({ path, age, kind }) =>
            kind === 'file' && age === 'old' && !path.some((name) => protect.includes(name)),
        );
        const bytes = goes.reduce((sum, each) => sum + each.bytes, 0);
        const expected = { files: goes.length, bytes, problems: [] };
        const before = tree();
        expect(await count({ protect })).toEqual(expected);
        expect(tree()).toEqual(before);
        expect(await clear({ protect })).toEqual(expected);
        const gone = new Set(goes.map(({ path }) => path.join('/')));
        expect(readdirSync(outside)).toEqual(['mine']);
        const isFile = (path: string) => !path.endsWith('/');
        expect(tree().filter(isFile)).toEqual(before.filter((path) => isFile(path) && !gone.has(path)));
      },
    ),
    { numRuns: 100 },
  );
});

/** False: something else has that name already. */
function make({ path, bytes, age, kind }: Wanted, outside: string): boolean {
  const place = at(path.join('/'));
  try {
    mkdirSync(dirname(place), { recursive: true });
    if (kind === 'link') symlinkSync(outside, place);
    else writeFileSync(place, Buffer.alloc(bytes), { flag: 'wx' });
  } catch {
    return false;
  }
  if (kind === 'file' && age !== 'old')
    utimesSync(place, age === 'read' ? YOUNG : 1, age === 'read' ? 1 : YOUNG);
  return true;
}
