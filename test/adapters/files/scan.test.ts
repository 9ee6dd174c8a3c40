import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scanDirectory } from '../../../adapters/files/scan.js';

function scratch(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'nxs-scan-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('scanDirectory', () => {
  it('finds files of any name, sorted, with size and stamps', async () => {
    const root = scratch();
    const names = [
      '-dash',
      'a b',
      'cafe\u0301',
      'caf\u00e9',
      'dir/nested/🦊',
      'x'.repeat(255),
      'new\nline',
      '\uFFFD real',
    ];
    for (const name of names) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), name);
    }
    mkdirSync(path.join(root, 'empty'));
    const found = await scanDirectory(root);
    expect(found.map((entry) => entry.path)).toEqual([...names].sort());
    expect(
      found.every((entry) => entry.kind === 'file' && entry.size === Buffer.byteLength(entry.path)),
    ).toBe(true);
    expect(found[0]).toMatchObject({ stat: expect.stringMatching(/^\d{19} \d{19} \d+ \d+$/) });
  });

  it('follows a link only to a file inside', async () => {
    const root = scratch();
    const outside = scratch();
    writeFileSync(path.join(outside, 'secret'), 's');
    writeFileSync(path.join(root, 'file'), 'inside');
    mkdirSync(path.join(root, 'dir'));
    const links = {
      in: 'file',
      dirlink: 'dir',
      out: path.join(outside, 'secret'),
      outdir: outside,
      nowhere: 'nope',
      self: 'self',
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(root, name));
    const found = new Map((await scanDirectory(root)).map((entry) => [entry.path, entry]));
    expect(found.get('in')).toMatchObject({ kind: 'link', target: 'file', size: 6 });
    for (const name of ['dirlink', 'out', 'outdir', 'nowhere', 'self']) {
      expect(found.get(name), name).toMatchObject({
        kind: 'other',
        reason: expect.stringContaining('symbolic link'),
      });
    }
    expect([...found.keys()].some((name) => name.includes('secret'))).toBe(false);
  });

  it('reports names that are no UTF-8, sockets and FIFOs instead of dropping them', async () => {
    const root = scratch();
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad-`), Buffer.from([0xff, 0xfe])]), 'x');
    execFileSync('mkfifo', [path.join(root, 'fifo')]);
    const found = await scanDirectory(root);
    expect(found).toMatchObject([
      { kind: 'unreadable', path: 'bad-\\xff\\xfe', errno: 'EILSEQ' },
      { kind: 'other', path: 'fifo' },
    ]);
  });

  it('skips what it is told to, and does not look inside', async () => {
    const root = scratch();
    mkdirSync(path.join(root, 'cache/deep'), { recursive: true });
    writeFileSync(path.join(root, 'cache/deep/x'), '');
    writeFileSync(path.join(root, 'kept'), '');
    const asked: string[] = [];
    const skip = (dir: string) => asked.push(dir) > 0 && dir === 'cache';
    expect((await scanDirectory(root, { skip })).map((entry) => entry.path)).toEqual(['kept']);
    expect(asked).toEqual(['cache']);
  });

  it('never takes a missing root for an empty one', async () => {
    const root = scratch();
    writeFileSync(path.join(root, 'file'), '');
    for (const bad of ['gone', 'file', 'file/below']) {
      await expect(scanDirectory(path.join(root, bad))).rejects.toMatchObject({ code: 'DATA_DIR_MISSING' });
    }
    expect(await scanDirectory(path.join(root, '.'))).toHaveLength(1);
  });

  it('lets others have their turn in a large directory, and stops when it is cancelled', async () => {
    const root = scratch();
    for (let index = 0; index < 1000; index += 1) writeFileSync(path.join(root, String(index)), '');
    const cancel = new AbortController();
    const scan = scanDirectory(root, { signal: cancel.signal });
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      setImmediate(turns < 1000 ? turn : () => undefined);
    };
    turn();
    expect(await scan).toHaveLength(1000);
    expect(turns).toBeGreaterThan(3);
    cancel.abort();
    await expect(scanDirectory(root, { signal: cancel.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('takes a root that is itself a link', async () => {
    const root = scratch();
    const link = path.join(scratch(), 'link');
    writeFileSync(path.join(root, 'file'), '');
    symlinkSync(root, link);
    expect(await scanDirectory(link)).toMatchObject([{ kind: 'file', path: 'file' }]);
  });
});
