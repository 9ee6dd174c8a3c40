import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { syncMessage } from '../../../domain/sync/trailer.js';
import { bare, commit, contents, git, hubAt, scratch } from './fixtures.js';

describe('a hub', () => {
  it('is made where none is configured, and has no tip', async () => {
    const hub = await hubAt(null);
    expect(await hub.tip()).toBeNull();
    expect(await hub.fetch()).toBeNull();
    const first = await commit(hub, null, { 'a.md': 'one', 'd/b.md': 'two' });
    expect(await hub.publish(first, null)).toBe('published');
    expect(await hub.tip()).toBe(first);
    expect(await contents(hub, first)).toEqual({ 'a.md': 'one', 'd/b.md': 'two' });
  });

  it('hands on what another node published', async () => {
    const remote = bare();
    const [one, other] = [await hubAt(remote), await hubAt(remote)];
    const first = await commit(one, null, { 'a.md': 'one' });
    await one.publish(first, null);
    expect(await other.fetch()).toBe(first);
    expect(await contents(other, first)).toEqual({ 'a.md': 'one' });
    const second = await commit(other, first, { 'a.md': null, 'b/c.md': 'three' });
    expect(await other.publish(second, first)).toBe('published');
    expect(await one.fetch()).toBe(second);
    expect(await contents(one, second)).toEqual({ 'b/c.md': 'three' });
    expect(git(remote, 'fsck', '--strict')).toBe('');
  });

  it('lets one of two publishers in, and never overwrites', async () => {
    const remote = bare();
    const [one, other] = [await hubAt(remote), await hubAt(remote)];
    const first = await commit(one, null, { 'a.md': 'one' });
    await one.publish(first, null);
    await other.fetch();
    const [left, right] = [
      await commit(one, first, { 'a.md': 'left' }),
      await commit(other, first, { 'a.md': 'right' }),
    ];
    const results = await Promise.all([one.publish(left, first), other.publish(right, first)]);
    expect([...results].sort()).toEqual(['moved', 'published']);
    expect([left, right]).toContain(git(remote, 'rev-parse', 'main'));
  });

  it('says moved to who thinks that an empty hub is still empty', async () => {
    const remote = bare();
    const [one, other] = [await hubAt(remote), await hubAt(remote)];
    await one.publish(await commit(one, null, { 'a.md': 'one' }), null);
    expect(await other.publish(await commit(other, null, { 'a.md': 'other' }), null)).toBe('moved');
  });

  it('keeps foreign entries of any kind, byte for byte', async () => {
    const remote = bare();
    const work = scratch();
    git(work, 'clone', '-q', remote, '.');
    const blob = git(work, 'hash-object', '-w', '--stdin');
    git(work, 'update-index', '--add', '--cacheinfo', `120000,${blob},x/link`);
    git(work, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},x/module`);
    git(work, 'update-index', '--add', '--cacheinfo', `100755,${blob},x/run`);
    git(work, 'commit', '-q', '-m', 'foreign');
    git(work, 'push', '-q', 'origin', 'HEAD:main');
    const hub = await hubAt(remote);
    const tip = await hub.fetch();
    const next = await commit(hub, tip, { 'x/mine.md': 'mine', 'top.md': 'top' });
    expect(await hub.publish(next, tip)).toBe('published');
    const rows = (await hub.list(next)).map(({ path, mode, size }) => `${mode} ${path} ${String(size)}`);
    expect(rows).toEqual([
      '100644 top.md 3',
      '120000 x/link 0',
      '100644 x/mine.md 4',
      '160000 x/module null',
      '100755 x/run 0',
    ]);
  });

  it('puts a file in the place of a directory, and the other way round', async () => {
    const hub = await hubAt(null);
    const first = await commit(hub, null, { 'a/b.md': 'below', c: 'file' });
    const second = await commit(hub, first, { a: 'now a file', 'c/d.md': 'now below' });
    expect(await contents(hub, second)).toEqual({ a: 'now a file', 'c/d.md': 'now below' });
    const third = await commit(hub, second, { 'c/d.md': null });
    expect(await contents(hub, third)).toEqual({ a: 'now a file' });
  });

  it('builds on a commit that another process made', async () => {
    const remote = bare();
    const one = await hubAt(remote);
    const first = await commit(one, null, { 'deep/er/a.md': '1', 'deep/b.md': '2', 'c.md': '3' });
    await one.publish(first, null);
    const other = await hubAt(remote);
    await other.fetch();
    const next = await commit(other, first, { 'deep/er/a.md': 'changed' });
    expect(await contents(other, next)).toEqual({ 'deep/er/a.md': 'changed', 'deep/b.md': '2', 'c.md': '3' });
  });

  it('knows who comes after whom, and nothing of what it never saw', async () => {
    const hub = await hubAt(null);
    const first = await commit(hub, null, { a: '1' });
    const second = await commit(hub, first, { a: '2' });
    expect(await hub.descends(second, first)).toBe(true);
    expect(await hub.descends(first, second)).toBe(false);
    expect(await hub.descends(first, 'f'.repeat(40))).toBe(false);
  });

  it('takes the stamp nearest to the tip', async () => {
    const hub = await hubAt(null);
    const stamp = (l: number) => new Map([['a', { l, c: 0, node: 'n1' }]]);
    const first = await commit(hub, null, { a: '1' }, syncMessage('h', '2026-03-01T10:00:00Z', stamp(900)));
    const second = await commit(hub, first, { a: '2' }, syncMessage('h', '2026-03-01T10:00:00Z', stamp(100)));
    expect((await hub.stamps(null, second)).get('a')).toEqual({ l: 100, c: 0, node: 'n1' });
    expect((await hub.stamps(second, second)).size).toBe(0);
    expect((await hub.stamps(second, first)).size).toBe(0);
  });

  it('finds every version of a path, deletions among them', async () => {
    const hub = await hubAt(null);
    const first = await commit(hub, null, { 'a b.md': '1', other: 'x' });
    const second = await commit(hub, first, { 'a b.md': '2' });
    const third = await commit(hub, second, { 'a b.md': null });
    const versions = await hub.versions('a b.md', [third]);
    expect(versions.map(({ oid }) => oid === null)).toEqual([true, false, false]);
    expect(versions.map(({ commit: id }) => id)).toEqual([third, second, first]);
    const held = await hub.everHeld(third);
    expect(held.get('a b.md')?.size).toBe(2);
  });

  it('says what it lacks, and reads what was only put', async () => {
    const hub = await hubAt(null);
    const oid = await hub.put(Buffer.from('kept'));
    const never = 'a'.repeat(40);
    expect(await hub.lacks([oid, never])).toEqual([never]);
    expect(Buffer.from((await hub.read([oid])).get(oid) ?? []).toString()).toBe('kept');
    await expect(hub.read([never])).rejects.toMatchObject({ code: 'HUB_DAMAGED' });
  });

  it('points a ref of our copy, and refuses a name that leads out of it', async () => {
    const hub = await hubAt(null);
    const first = await commit(hub, null, { a: '1' });
    const again = await hub.commit(
      {
        basis: first,
        changes: new Map(),
        parents: [first],
        message: 'm',
        at: '2026-03-01T10:00:00Z',
        author: 'n',
      },
      'refs/nxs/capture/n1',
    );
    expect(await hub.ref('refs/nxs/capture/n1')).toBe(again);
    expect(await hub.ref('refs/nxs/capture/n2')).toBeNull();
    await expect(hub.ref('refs/../../x')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('comes back to life when our copy is removed', async () => {
    const remote = bare();
    const dir = scratch();
    const hub = await hubAt(remote, { dir });
    const first = await commit(hub, null, { a: '1' });
    await hub.publish(first, null);
    rmSync(`${dir}/repo.git`, { recursive: true });
    const anew = await hubAt(remote, { dir });
    expect(await anew.fetch()).toBe(first);
    expect(await contents(anew, first)).toEqual({ a: '1' });
  });
});
