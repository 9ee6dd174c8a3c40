// Two real nodes on a real hub: the document's conflict table, and what the rules around it promise.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { hubPath, syncNode, type SyncNode } from '../support/sync-nodes.js';
import { until } from '../support/until.js';

let hub: string;
let home: SyncNode;
let cloud: SyncNode;

beforeEach(async () => {
  hub = await hubPath();
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  home = await syncNode('home', hub);
  cloud = await syncNode('cloud', hub);
});

/** Until nothing moves any more. */
async function settle(...nodes: readonly SyncNode[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const node of nodes) await node.cycle();
}

async function shared(files: Readonly<Record<string, string>>): Promise<void> {
  await home.write(files);
  await settle(home, cloud);
  expect(await cloud.files()).toEqual(files);
}

describe('the conflict table', () => {
  it('takes a change of one side to the other, both ways, without a word', async () => {
    await shared({ 'MEMORY.md': 'one\n', 'memory/a.md': 'a\n', 'tasks/t/1.md': 't\n' });
    await cloud.write({ 'MEMORY.md': 'two\n' });
    await rm(join(home.place.dataDir, 'memory/a.md'));
    await home.write({ 'config/x.yaml': 'x: 1\n' });
    await settle(home, cloud);
    const expected = { 'MEMORY.md': 'two\n', 'config/x.yaml': 'x: 1\n', 'tasks/t/1.md': 't\n' };
    expect(await home.files()).toEqual(expected);
    expect(await cloud.files()).toEqual(expected);
    expect(await home.desk().log()).toEqual([]);
  });

  it('last write wins where nothing else is said, and the loser comes back by one command', async () => {
    await shared({ 'MEMORY.md': 'one\n' });
    await home.write({ 'MEMORY.md': 'of home\n' });
    const written = Date.now();
    await until(() => Date.now() > written + 20);
    await cloud.write({ 'MEMORY.md': 'of cloud, later\n' });
    await settle(home, cloud);
    for (const node of [home, cloud])
      expect(await node.files()).toEqual({ 'MEMORY.md': 'of cloud, later\n' });
    const [entry] = await home.desk().log();
    expect(entry).toMatchObject({ rule: 'last-write-wins', path: 'MEMORY.md', node: 'cloud' });
    await home.desk().restore('MEMORY.md', entry?.lost?.slice(0, 8) ?? '');
    await settle(home, cloud);
    expect(await cloud.files()).toEqual({ 'MEMORY.md': 'of home\n' });
  });

  it('a decision log has the entries of both, once each, in order', async () => {
    await shared({ 'DECISION-LOG.md': '# Log\n\n## 2026-03-01 First\n\nYes.\n' });
    await home.write({
      'DECISION-LOG.md': '# Log\n\n## 2026-03-01 First\n\nYes.\n\n## 2026-03-03 Home\n\nH.\n',
    });
    await cloud.write({
      'DECISION-LOG.md': '# Log\n\n## 2026-03-01 First\n\nYes.\n\n## 2026-03-02 Cloud\n\nC.\n',
    });
    await settle(home, cloud);
    const merged =
      '# Log\n\n## 2026-03-01 First\n\nYes.\n\n## 2026-03-02 Cloud\n\nC.\n\n## 2026-03-03 Home\n\nH.\n';
    for (const node of [home, cloud]) expect(await node.files()).toEqual({ 'DECISION-LOG.md': merged });
  });

  it('two versions of a memory both stay, the second under its date', async () => {
    await shared({ 'memory/a.md': 'one\n' });
    await home.write({ 'memory/a.md': 'of home\n' });
    await home.cycle();
    await cloud.write({ 'memory/a.md': 'of cloud\n' });
    await settle(cloud, home);
    const day = new Date().toISOString().slice(0, 10);
    for (const node of [home, cloud])
      expect(await node.files()).toEqual({
        [`memory/${day}-a.md`]: 'of cloud\n',
        'memory/a.md': 'of home\n',
      });
  });

  it('a change stays against a deletion', async () => {
    await shared({ 'MEMORY.md': 'one\n', 'tasks/a.md': 'a\n', 'tasks/b.md': 'b\n', 'tasks/c.md': 'c\n' });
    await rm(join(home.place.dataDir, 'tasks/a.md'));
    await cloud.write({ 'tasks/a.md': 'changed\n' });
    await settle(home, cloud);
    expect((await home.files())['tasks/a.md']).toBe('changed\n');
    expect(await home.desk().log()).toMatchObject([{ rule: 'delete-vs-modify', path: 'tasks/a.md' }]);
  });

  it('an entry that an editor lost stays, and one that is forgotten goes', async () => {
    const whole = '# Log\n\n## 2026-03-01 First\n\nYes.\n\n## 2026-03-02 Second\n\nNo.\n';
    await shared({ 'DECISION-LOG.md': whole });
    await home.write({ 'DECISION-LOG.md': '# Log\n\n## 2026-03-01 First\n\nYes.\n' });
    await settle(home, cloud);
    expect(await home.files()).toEqual({ 'DECISION-LOG.md': whole });
    await home.desk().forget('DECISION-LOG.md', 'Second', Buffer.from(whole));
    await settle(home, cloud);
    for (const node of [home, cloud])
      expect(await node.files()).toEqual({ 'DECISION-LOG.md': '# Log\n\n## 2026-03-01 First\n\nYes.\n\n' });
  });
});

describe('a first meeting', () => {
  it('joins what both have, and keeps ours beside where they differ', async () => {
    await home.write({ 'MEMORY.md': 'of home\n', 'tasks/h.md': 'h\n', 'memory/same.md': 's\n' });
    await cloud.write({ 'MEMORY.md': 'of cloud\n', 'tasks/c.md': 'c\n', 'memory/same.md': 's\n' });
    await home.cycle();
    const status = await cloud.cycle();
    expect(status.state).toBe('ok');
    await settle(home, cloud);
    const files = await cloud.files();
    expect(files['MEMORY.md']).toBe('of home\n');
    expect(Object.values(files)).toContain('of cloud\n');
    expect((await home.files())['tasks/c.md']).toBe('c\n');
    expect(Object.keys(await home.files())).toContain('tasks/h.md');
  });

  it('deletes nothing when memory was lost, and brings back nothing that the others deleted', async () => {
    await shared({ 'MEMORY.md': 'one\n', 'tasks/a.md': 'a\n', 'tasks/b.md': 'b\n' });
    await rm(join(home.place.dataDir, 'tasks/a.md'));
    await home.cycle();
    await writeFile(join(cloud.place.stateDir, 'sync', 'memory.json'), 'torn');
    await cloud.write({ 'tasks/new.md': 'n\n' });
    await settle(cloud, home);
    const expected = { 'MEMORY.md': 'one\n', 'tasks/b.md': 'b\n', 'tasks/new.md': 'n\n' };
    expect(await cloud.files()).toEqual(expected);
    expect(await home.files()).toEqual(expected);
  });
});

describe('what waits for a person', () => {
  const many = Object.fromEntries(
    Array.from({ length: 9 }, (_none, index) => [`tasks/${index}.md`, `${index}\n`]),
  );

  it('deletions of very many files, until they are approved', async () => {
    await shared({ 'MEMORY.md': 'one\n', ...many });
    await rm(join(home.place.dataDir, 'tasks'), { recursive: true });
    await home.write({ 'MEMORY.md': 'two\n' });
    const status = await home.cycle();
    expect(status).toMatchObject({ state: 'approval_pending', pending: [{ kind: 'mass_delete', count: 9 }] });
    expect(home.notices.map(({ incident }) => incident)).toContain('sync/approval');
    await cloud.cycle();
    expect(await cloud.files()).toEqual({ 'MEMORY.md': 'two\n', ...many });
    const { token } = status.pending[0] ?? { token: '' };
    await expect(home.desk().answer('delete-000000000000', 'approved', 'me')).rejects.toMatchObject({
      code: 'USAGE',
    });
    await home.desk().answer(token, 'approved', 'me');
    await settle(home);
    // The other side asks as well: nobody else's word deletes its files.
    const asked = await cloud.cycle();
    expect(asked.pending).toMatchObject([{ direction: 'incoming', count: 9 }]);
    await cloud.desk().answer(asked.pending[0]?.token ?? '', 'approved', 'me');
    await settle(cloud, home);
    for (const node of [home, cloud]) expect(await node.files()).toEqual({ 'MEMORY.md': 'two\n' });
  });

  it('deletions that are denied come back', async () => {
    await shared({ 'MEMORY.md': 'one\n', ...many });
    await rm(join(home.place.dataDir, 'tasks'), { recursive: true });
    const { pending } = await home.cycle();
    await home.desk().answer(pending[0]?.token ?? '', 'denied', 'me');
    await settle(home, cloud);
    expect(await home.files()).toEqual({ 'MEMORY.md': 'one\n', ...many });
  });

  it('a file that shrinks to nothing', async () => {
    const long = 'much to remember\n'.repeat(40);
    await shared({ 'MEMORY.md': long });
    await home.write({ 'MEMORY.md': '' });
    const { state, pending } = await home.cycle();
    expect([state, pending[0]?.kind]).toEqual(['approval_pending', 'shrunk']);
    await cloud.cycle();
    expect(await cloud.files()).toEqual({ 'MEMORY.md': long });
  });

  it('a data directory that is gone, empty, or another one deletes nothing', async () => {
    await shared({ 'MEMORY.md': 'one\n', ...many });
    await rename(home.place.dataDir, `${home.place.dataDir}.away`);
    expect(await home.cycle()).toMatchObject({
      state: 'root_missing',
      detail: expect.stringContaining('nxs sync join') as string,
    });
    await mkdir(home.place.dataDir);
    expect((await home.cycle()).state).toBe('root_missing');
    await cloud.cycle();
    expect(Object.keys(await cloud.files()).length).toBe(10);
    await home.cycle(true);
    await settle(home);
    expect(await home.files()).toEqual({ 'MEMORY.md': 'one\n', ...many });
  });

  it('a hub that was set back or made anew', async () => {
    await shared({ 'MEMORY.md': 'one\n' });
    await cp(hub, `${hub}.old`, { recursive: true });
    await home.write({ 'MEMORY.md': 'two\n' });
    await settle(home, cloud);
    await rm(hub, { recursive: true });
    await rename(`${hub}.old`, hub);
    await home.write({ 'tasks/new.md': 'n\n' });
    const status = await home.cycle();
    expect(status.state).toBe('hub_rewound');
    const branches = execFileSync('git', ['-C', hub, 'branch', '--list'], { encoding: 'utf8' });
    expect(branches).toContain('nxs-recovery/home-');
    expect((await home.files())['MEMORY.md']).toBe('two\n');
    await home.cycle(true);
    await cloud.cycle(true);
    await settle(home, cloud);
    expect(Object.values(await cloud.files()).sort()).toEqual(['n\n', 'one\n', 'two\n']);
  });

  it('another hub than the one that was joined', async () => {
    await shared({ 'MEMORY.md': 'one\n' });
    const other = await hubPath();
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', other]);
    await writeFile(
      join(home.place.configDir, 'nxs.yaml'),
      JSON.stringify({ node: 'home', sync: { remote: other } }),
    );
    const moved = await home.moved();
    expect((await moved.cycle()).state).toBe('needs_join');
    expect((await moved.cycle(true)).state).toBe('ok');
  });

  it('secrets, by name and by content, while all else goes on', async () => {
    await home.write({
      'MEMORY.md': 'one\n',
      'tasks/.env': 'A=1\n',
      'tasks/note.md': 'the token is ghp_abcdefghijklmnopqrstuvwxyz0123456789\n',
    });
    const status = await home.cycle();
    await cloud.cycle();
    expect(await cloud.files()).toEqual({ 'MEMORY.md': 'one\n' });
    expect(status.held.map(({ path, reason }) => `${path} ${reason}`).sort()).toEqual([
      'tasks/.env secret',
      'tasks/note.md secret',
    ]);
    expect(JSON.stringify([status, home.notices])).not.toContain('ghp_');
    const objects = execFileSync('git', ['-C', hub, 'log', '-p', '--all'], { encoding: 'utf8' });
    expect(objects).not.toContain('ghp_');
    await home.write({ 'tasks/note.md': 'the token is in the vault\n' });
    await settle(home, cloud);
    expect((await cloud.files())['tasks/note.md']).toBe('the token is in the vault\n');
  });
});

it('captures what is written while the hub is away for days, and hands all of it on', async () => {
  await shared({ 'DECISION-LOG.md': '# Log\n', 'MEMORY.md': 'start\n' });
  await rename(hub, `${hub}.away`);
  let log = '# Log\n';
  for (let day = 1; day <= 3; day += 1)
    for (let hour = 0; hour < 4; hour += 1) {
      log += `\n## 2026-03-0${day} Decision ${day}.${hour}\n\nBecause.\n`;
      await home.write({ 'DECISION-LOG.md': log, 'MEMORY.md': `day ${day}, ${hour}\n` });
      expect((await home.cycle()).state).toBe('offline');
    }
  await cloud.write({ 'DECISION-LOG.md': '# Log\n\n## 2026-03-02 Of cloud\n\nYes.\n' });
  await rename(`${hub}.away`, hub);
  await settle(cloud, home);
  await settle(cloud, home);
  const files = await cloud.files();
  expect(files).toEqual(await home.files());
  expect(files['MEMORY.md']).toBe('day 3, 3\n');
  const headings = (files['DECISION-LOG.md'] ?? '').match(/^## .*$/gm) ?? [];
  expect(headings.length).toBe(13);
  // Each state that was captured is in the hub's history.
  expect((await cloud.desk().versions('MEMORY.md')).length).toBeGreaterThanOrEqual(13);
});

it('says before what a cycle does', async () => {
  await shared({ 'MEMORY.md': 'one\n', 'tasks/a.md': 'a\n' });
  await cloud.write({ 'MEMORY.md': 'two\n' });
  await cloud.cycle();
  await home.write({ 'tasks/b.md': 'b\n' });
  const before = await home.files();
  const diff = await home.desk().diff(() => undefined);
  expect(diff.changes.map(({ path, direction, change }) => `${change} ${direction} ${path}`)).toEqual([
    'changed in MEMORY.md',
    'added out tasks/b.md',
  ]);
  expect(await home.files()).toEqual(before);
  const status = await home.cycle();
  expect([status.published, status.applied]).toEqual([1, 1]);
  expect((await home.desk().diff(() => undefined)).changes).toEqual([]);
});
