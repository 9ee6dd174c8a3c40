import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { atomicWrite } from '../../../adapters/files/atomic-write.js';

describe('atomicWrite', () => {
  it('replaces a file with an owner-only one and leaves nothing beside it', async () => {
    const path = join(await scratch(), 'file');
    await writeFile(path, 'old', { mode: 0o644 });
    await atomicWrite(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(path, '..'))).toEqual(['file']);
  });

  it('makes the directories that are missing', async () => {
    const path = join(await scratch(), 'a', 'b', 'file');
    await atomicWrite(path, Buffer.from([0, 255]), { mode: 0o644 });
    expect(await readFile(path)).toEqual(Buffer.from([0, 255]));
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  it('keeps the old file and no scraps when it cannot write', async () => {
    const path = join(await scratch(), 'target');
    await mkdir(join(path, 'in-the-way'), { recursive: true });
    await expect(atomicWrite(path, 'new')).rejects.toThrow();
    expect(await readdir(join(path, '..'))).toEqual(['target']);
    await chmod(path, 0o700);
  });

  it('lets readers see the old or the new bytes, never a mixture', async () => {
    const path = join(await scratch(), 'file');
    const texts = ['a'.repeat(100_000), 'b'.repeat(50_000)];
    await atomicWrite(path, texts[0] ?? '', { sync: false });
    const writing = (async () => {
      for (let round = 0; round < 50; round++)
        await atomicWrite(path, texts[round % 2] ?? '', { sync: false });
      return 'done';
    })();
    const seen = new Set<string>();
    const tick = () => readFile(path, 'utf8').then((text) => void seen.add(text));
    while ((await Promise.race([writing, tick()])) !== 'done') await tick();
    expect(seen.size).toBeGreaterThan(0);
    for (const text of seen) expect(texts).toContain(text);
  });
});

async function scratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'atomic-'));
}
