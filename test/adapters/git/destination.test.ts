import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGitDestination } from '../../../adapters/git/destination.js';
import { backup, changeTo, expected, git, lab, readBack, scratch, stageOf } from './fixtures.js';

const NAMES = [
  'with space.md',
  'caf\u00e9.md',
  'cafe\u0301-nfd.md',
  '🧠/memory 🦊.md',
  '-leading-dash',
  '--all',
  "quote\"s and 'more'.md",
  'back\\slash',
  'tab\there',
  'x'.repeat(255),
  'a.b/c',
  'a/c',
  'a-b',
  'a0',
  'deep/er/and/deeper/file',
];

describe('a first backup', () => {
  it('creates the repository, and git itself finds nothing wrong with it', async () => {
    const at = await lab();
    const files = Object.fromEntries(NAMES.map((name) => [name, `content of ${name}`]));
    const { staged, published } = await backup(at, {
      ...files,
      empty: '',
      binary: Buffer.from([0, 255, 10, 13, 0]),
    });
    expect(git(at.store, 'fsck', '--full', '--strict')).toBe('');
    expect(git(at.store, 'rev-parse', 'HEAD').trim()).toBe(published.commit);
    expect(git(at.store, 'rev-parse', 'HEAD^{tree}').trim()).toBe(published.tree);
    const listed = await at.destination.list(published.commit);
    const paths = [...staged.map((file) => file.path), '.nxs/manifest.json'];
    expect(listed.map((file) => file.path)).toEqual(
      paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    expect(await readBack(at.destination, staged)).toEqual(expected(staged));
    expect(git(at.store, 'log', '--format=%an <%ae> %aI')).toBe(
      'home <home@nxs.local> 2026-11-20T10:00:00+00:00\n',
    );
  });

  it('has no head before and one after', async () => {
    const at = await lab();
    expect(await at.destination.head()).toBeNull();
    expect(await at.destination.revisions(5)).toEqual([]);
    expect(await at.destination.resolve('HEAD')).toBeNull();
    const { published } = await backup(at, { a: '1' });
    expect(await at.destination.head()).toEqual({ commit: published.commit, tree: published.tree });
  });
});

describe('a later backup', () => {
  it('sends only the blobs that are missing, and keeps the executable bit', async () => {
    const at = await lab();
    await backup(at, { a: '1', b: '2', 'dir/c': '3' }, 'one');
    const { stage, staged } = await stageOf(at, { a: '1', b: 'changed', 'dir/c': '3' }, 'two');
    const change = await changeTo(at.destination, staged, 'two');
    const entries = change.entries.map((entry) =>
      entry.path === 'a' ? { ...entry, mode: '100755' as const } : entry,
    );
    const published = await at.destination.publish({ ...change, entries }, stage);
    expect(published.uploaded).toBe(1);
    expect(git(at.store, 'ls-tree', 'HEAD', 'a')).toMatch(/^100755 blob/);
    expect(git(at.store, 'fsck', '--full', '--strict')).toBe('');
  });

  it('makes no commit when the tree is the same', async () => {
    const at = await lab();
    const first = await backup(at, { a: '1' }, 'same');
    const packs = readdirSync(path.join(at.store, 'objects/pack'));
    const again = await backup(at, { a: '1' }, 'same');
    expect(again.published).toEqual({ ...first.published, uploaded: 0 });
    expect(readdirSync(path.join(at.store, 'objects/pack'))).toEqual(packs);
  });

  it('replaces what is under its prefix and leaves the rest bit for bit', async () => {
    const at = await lab();
    await backup(at, { 'other/deep/file': 'theirs', 'nodes/cloud/x': 'theirs too', top: 'top' }, 'theirs');
    const outside = git(at.store, 'ls-tree', '-r', 'HEAD');
    const mine = createGitDestination({
      name: 'mine',
      path: at.store,
      prefix: 'nodes/home/',
      gitHome: at.home,
    });
    const one = await stageOf(at, { a: '1', 'b/c': '2' }, 'mine-1');
    await mine.publish(await changeTo(mine, one.staged), one.stage);
    const two = await stageOf(at, { a: '1' }, 'mine-2');
    const change = await changeTo(mine, two.staged);
    await mine.publish({ ...change, extra: [] }, two.stage);
    const rows = git(at.store, 'ls-tree', '-r', 'HEAD').split('\n');
    expect(rows.filter((row) => row.includes('nodes/home/')).map((row) => row.split('\t')[1])).toEqual([
      'nodes/home/a',
    ]);
    expect(rows.filter((row) => !row.includes('nodes/home/')).join('\n')).toBe(outside);
    expect(git(at.store, 'fsck', '--full', '--strict')).toBe('');
  });

  it('an emptied prefix leaves no empty directory behind', async () => {
    const at = await lab('mine/');
    const { stage } = await backup(at, { a: '1' }, 'one');
    const change = await changeTo(at.destination, []);
    await at.destination.publish({ ...change, extra: [] }, stage);
    expect(git(at.store, 'ls-tree', '-r', 'HEAD')).toBe('');
  });
});

describe('two writers', () => {
  it('the one whose head has moved gets a conflict and changes nothing', async () => {
    const at = await lab();
    await backup(at, { a: '1' }, 'base');
    const one = await stageOf(at, { a: 'one' }, 'one');
    const two = await stageOf(at, { a: 'two' }, 'two');
    const changes = [
      await changeTo(at.destination, one.staged),
      await changeTo(at.destination, two.staged),
    ] as const;
    const results = await Promise.allSettled([
      at.destination.publish(changes[0], one.stage),
      at.destination.publish(changes[1], two.stage),
    ]);
    const won = results.filter((result) => result.status === 'fulfilled');
    const lost = results.filter((result) => result.status === 'rejected');
    expect(won).toHaveLength(1);
    expect(lost[0]?.reason).toMatchObject({ code: 'DESTINATION_CONFLICT' });
    expect((await at.destination.head())?.commit).toBe(won[0]?.value.commit);
  });

  it('a branch that appeared meanwhile is a conflict too', async () => {
    const at = await lab();
    const { stage, staged } = await stageOf(at, { a: '1' });
    const change = await changeTo(at.destination, staged);
    await backup(at, { a: 'other' }, 'other');
    await expect(at.destination.publish(change, stage)).rejects.toMatchObject({
      code: 'DESTINATION_CONFLICT',
    });
  });

  it('a blob that vanished since the plan is a conflict, not a commit with a hole', async () => {
    const at = await lab();
    const { stage, staged } = await stageOf(at, { a: '1', b: '2' });
    const change = await changeTo(at.destination, staged);
    const missing = change.missing.slice(1);
    await expect(at.destination.publish({ ...change, missing }, stage)).rejects.toMatchObject({
      code: 'DESTINATION_CONFLICT',
    });
    expect(await at.destination.head()).toBeNull();
  });
});

describe('prepare', () => {
  it('refuses a directory with other files, and a working tree', async () => {
    const dir = scratch();
    for (const [name, inside] of [
      ['photos', 'cat.jpg'],
      ['tree', '.git/HEAD'],
    ] as const) {
      const file = path.join(dir, name, inside);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, 'x');
      const options = { name, path: path.join(dir, name), prefix: '', gitHome: path.join(dir, 'home') };
      const refused = expect(createGitDestination(options).prepare()).rejects;
      await refused.toMatchObject({
        code: 'DESTINATION_FOREIGN',
        message: expect.stringContaining('no bare git repository'),
      });
      expect(readFileSync(file, 'utf8')).toBe('x');
    }
  });

  it('clears what killed processes left, and only that', async () => {
    const at = await lab();
    const { published } = await backup(at, { a: '1' });
    const left = [
      'objects/pack/tmp_pack_X1',
      'objects/pack/tmp_idx_X1',
      'objects/pack/.tmp-9-pack-ab.pack',
      'objects/tmp_obj_Y',
      'HEAD.lock',
      'packed-refs.lock',
      'refs/heads/main.lock',
      'nxs/work-1-heal',
    ];
    for (const name of left) writeFileSync(path.join(at.store, name), 'half');
    await at.destination.prepare();
    const all = readdirSync(at.store, { recursive: true }).map(String);
    expect(left.filter((name) => all.includes(name))).toEqual([]);
    expect((await backup(at, { a: '2' }, 'next')).published.commit).not.toBe(published.commit);
  });

  it('mends a lost HEAD and a branch file that a power cut emptied', async () => {
    const at = await lab();
    const { published } = await backup(at, { a: '1' });
    rmSync(path.join(at.store, 'HEAD'));
    writeFileSync(path.join(at.store, 'refs/heads/main'), '');
    await expect(at.destination.head()).rejects.toMatchObject({ code: 'DESTINATION_UNREADABLE' });
    await at.destination.prepare();
    expect((await at.destination.head())?.commit).toBe(published.commit);
    expect(git(at.store, 'rev-parse', 'HEAD').trim()).toBe(published.commit);
  });
});

describe('revisions', () => {
  it('finds a backup by id, by its beginning, by tag and by date, and takes no options', async () => {
    const at = await lab();
    const one = await backup(at, { a: '1' }, 'one');
    const { stage, staged } = await stageOf(at, { a: '2' }, 'two');
    const change = await changeTo(at.destination, staged, 'two');
    const two = await at.destination.publish({ ...change, at: '2026-11-21T10:00:00Z' }, stage);
    git(at.store, 'tag', 'v1', one.published.commit);
    const resolve = (revision: string) => at.destination.resolve(revision);
    const revisions = (limit: number) => at.destination.revisions(limit);
    expect((await revisions(9)).map(({ at: when, subject }) => [when, subject])).toEqual([
      ['2026-11-21T10:00:00.000Z', 'two'],
      ['2026-11-20T10:00:00.000Z', 'one'],
    ]);
    expect(await revisions(1)).toHaveLength(1);
    expect(await resolve(two.commit)).toBe(two.commit);
    expect(await resolve(one.published.commit.slice(0, 10))).toBe(one.published.commit);
    expect(await resolve('v1')).toBe(one.published.commit);
    expect(await resolve('2026-11-20')).toBe(one.published.commit);
    expect(await resolve('2026-11-20T10:00:00Z')).toBe(one.published.commit);
    expect(await resolve('2026-11-21T09:59:59Z')).toBe(one.published.commit);
    expect(await resolve('2026-11-30')).toBe(two.commit);
    for (const none of ['2026-11-19', '--all', '-h', '', 'nothing', '--output=/tmp/x', 'a b', 'deadbeef']) {
      expect(await resolve(none), none).toBeNull();
    }
  });
});

describe('witness', () => {
  it('stays as it is while nobody writes, and changes with a touch', async () => {
    const at = await lab();
    const { staged } = await backup(at, { a: '1' });
    const before = await at.destination.witness();
    await readBack(at.destination, staged);
    await at.destination.head();
    expect(await at.destination.witness()).toBe(before);
    const pack =
      readdirSync(path.join(at.store, 'objects/pack')).find((name) => name.endsWith('.pack')) ?? '';
    const file = path.join(at.store, 'objects/pack', pack);
    const bytes = readFileSync(file);
    rmSync(file);
    writeFileSync(file, bytes);
    expect(await at.destination.witness()).not.toBe(before);
  });
});

describe('access', () => {
  it('tells absent from ok, and whether the disk is shared', async () => {
    const at = await lab();
    const options = { name: 'x', path: path.join(at.dir, 'none.git'), prefix: '', gitHome: at.home };
    expect(await createGitDestination(options).access(at.dir)).toMatchObject({
      state: 'absent',
      sameDisk: true,
    });
    expect(await at.destination.access(at.dir)).toMatchObject({
      state: 'ok',
      sameDisk: true,
      free: expect.any(Number),
    });
    expect(await at.destination.access('/proc')).toMatchObject({ sameDisk: false });
    expect(await at.destination.access(path.join(at.dir, 'gone'))).toMatchObject({ sameDisk: null });
  });
});

describe('many runs', () => {
  it('do not pile up packs', { timeout: 60_000 }, async () => {
    const at = await lab();
    for (let run = 0; run < 53; run += 1) await backup(at, { a: String(run) }, `run-${String(run)}`);
    const packs = readdirSync(path.join(at.store, 'objects/pack')).filter((name) => name.endsWith('.pack'));
    expect(packs.length).toBeLessThan(10);
    expect(await at.destination.revisions(100)).toHaveLength(53);
    expect(git(at.store, 'fsck', '--full', '--strict')).toBe('');
  });
});
