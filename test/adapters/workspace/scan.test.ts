import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWorkspace } from '../../../adapters/workspace/open-workspace.js';
import { idOf, place, put, scan } from './fixtures.js';

describe('the data directory', () => {
  it('is known by its marker', async () => {
    const at = await place();
    expect(await at.workspace.check()).toEqual({ state: 'ok' });
    rmSync(path.join(at.root, '.nxs-root'));
    expect(await at.workspace.check()).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('is its disk mounted') as string,
    });
    writeFileSync(path.join(at.root, '.nxs-root'), '00000000-0000-4000-8000-000000000000\n');
    expect(await at.workspace.check()).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('not the directory') as string,
    });
    rmSync(at.root, { recursive: true });
    expect(await at.workspace.check()).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('does not exist') as string,
    });
  });

  it('is not believed on another device', async () => {
    let device = 1;
    const at = await place({ deviceOf: () => Promise.resolve(device) });
    expect(await at.workspace.check()).toEqual({ state: 'ok' });
    device = 2;
    expect(await at.workspace.check()).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('another device') as string,
    });
  });

  it('never joined is never joined', async () => {
    const at = await place();
    const other = openWorkspace({ root: at.root, dir: path.join(at.dir, 'other') });
    expect(await other.check()).toEqual({ state: 'never_joined' });
  });
});

describe('a scan', () => {
  it('finds files with their ids and modes, and reads each once', async () => {
    const at = await place();
    put(at.root, 'a.md', 'one');
    chmodSync(put(at.root, 'd/run.sh', 'two'), 0o755);
    // Settled for longer than the racy limit.
    const now = Date.now() + 10_000;
    const later = openWorkspace({ root: at.root, dir: at.dir, now: () => now });
    const first = await scan({ workspace: later });
    const found = [...first.files].map(([name, { version }]) => [name, version.oid, version.mode]);
    expect(found.sort()).toEqual([
      ['a.md', idOf('one'), '100644'],
      ['d/run.sh', idOf('two'), '100755'],
    ]);
    expect([...first.read].sort()).toEqual(['a.md', 'd/run.sh']);
    await later.remember();
    const again = openWorkspace({ root: at.root, dir: at.dir, now: () => now });
    expect((await scan({ workspace: again })).read).toEqual([]);
    expect((await scan({ workspace: again }, { again: new Set(['a.md']) })).read).toEqual(['a.md']);
    expect((await scan({ workspace: again })).files.size).toBe(2);
  });

  it('reads again what was not remembered, and what is too young to vouch for itself', async () => {
    const at = await place();
    put(at.root, 'a.md', 'one');
    expect((await scan(at)).read).toEqual(['a.md']);
    await at.workspace.remember();
    // Its time of change (ctime) is now: a write in the same moment would not show.
    expect((await scan(at)).read).toEqual(['a.md']);
  });

  it('sees a change of the same size and time', async () => {
    const at = await place();
    const file = put(at.root, 'a.md', 'one');
    await scan(at);
    writeFileSync(file, 'two');
    const old = Date.now() / 1000 - 3600;
    utimesSync(file, old, old);
    expect((await scan(at)).files.get('a.md')?.version.oid).toBe(idOf('two'));
  });

  it('asks for nothing but what is shared, and never enters what is ours', async () => {
    const at = await place();
    put(at.root, 'a.md', 'one');
    put(at.root, 'a.tmp', 'one');
    put(at.root, '.nxs-sync/x', 'one');
    put(at.root, '.git/config', 'one');
    const result = await scan(at, { covered: (name) => name.endsWith('.md') });
    expect([...result.files.keys()]).toEqual(['a.md']);
    expect(result.holds).toEqual([]);
  });

  it('holds what is too large, a link, or of another kind', async () => {
    const at = await place();
    put(at.root, 'big.md', 'x'.repeat(100));
    symlinkSync('/etc/passwd', path.join(at.root, 'out.md'));
    put(at.root, 'in.md', 'one');
    symlinkSync('in.md', path.join(at.root, 'alias.md'));
    const result = await scan(at, { largest: 50 });
    expect([...result.files.keys()]).toEqual(['in.md']);
    expect(result.holds.map(({ path: name, reason }) => `${name} ${reason}`).sort()).toEqual([
      'alias.md unreadable',
      'big.md too_large',
      'out.md unreadable',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)(
    'holds a directory that it cannot list, and never takes it for empty',
    async () => {
      const at = await place();
      put(at.root, 'd/a.md', 'one');
      chmodSync(path.join(at.root, 'd'), 0);
      const result = await scan(at);
      chmodSync(path.join(at.root, 'd'), 0o755);
      expect(result.holds.map(({ path: name }) => name)).toEqual(['d']);
    },
  );

  it('waits a moment for a file that was just written', async () => {
    const at = await place();
    writeFileSync(path.join(at.root, 'a.md'), 'fresh');
    const result = await scan(at, { settle: 60 });
    expect(result.files.get('a.md')?.version.oid).toBe(idOf('fresh'));
  });

  it('leaves a file alone that is written all the time, and takes it in the end', async () => {
    const at = await place();
    const file = path.join(at.root, 'a.md');
    let serial = 0;
    const write = () => writeFileSync(file, `version ${(serial += 1)}`);
    write();
    const states: string[] = [];
    for (let cycle = 0; cycle < 6; cycle += 1) {
      const timer = setInterval(write, 15);
      const { files } = await scan(at, { settle: 60 });
      clearInterval(timer);
      states.push(files.has('a.md') ? 'taken' : 'held');
    }
    expect(states.slice(0, 4)).toEqual(['held', 'held', 'held', 'held']);
    write();
    expect((await scan(at, { settle: 60 })).files.has('a.md')).toBe(true);
  });

  it('takes two Unicode forms of a name for one file, and holds the second', async () => {
    const at = await place();
    const [composed, apart] = ['caf\u00e9.md', 'cafe\u0301.md'];
    put(at.root, apart, 'apart');
    expect([...(await scan(at)).files.keys()]).toEqual([composed]);
    put(at.root, composed, 'composed');
    const both = await scan(at);
    expect(both.files.get(composed)?.version.oid).toBe(idOf('composed'));
    expect(both.holds.map(({ path: name }) => name)).toEqual([composed]);
  });

  it('is missing what was deleted, and throws when the directory is gone', async () => {
    const at = await place();
    rmSync(put(at.root, 'a.md', 'one'));
    mkdirSync(path.join(at.root, 'empty'));
    expect((await scan(at)).files.size).toBe(0);
    rmSync(at.root, { recursive: true });
    await expect(scan(at)).rejects.toMatchObject({ code: 'DATA_DIR_MISSING' });
  });
});
