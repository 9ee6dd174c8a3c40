import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeDefaults } from '../../config/init.js';
import { loadConfig } from '../../config/load.js';
import { makeScratch, PACKAGE_DIR, type Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

describe('writing the defaults', () => {
  it('makes a directory that loads as it stands, for the owner only', async () => {
    const dir = join(scratch.home, '.config', 'nxs');
    const { written, kept } = await writeDefaults(dir, PACKAGE_DIR);
    expect(kept).toEqual([]);
    expect(written).toHaveLength(13);
    for (const name of written) expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
    for (const part of [dir, join(dir, 'schema')]) expect((await stat(part)).mode & 0o777).toBe(0o700);
    const config = await loadConfig({ env: { HOME: scratch.home }, packageDir: PACKAGE_DIR });
    expect(config.warnings).toEqual([]);
    expect(config.files.nxs).toEqual({ path: join(dir, 'nxs.yaml'), origin: 'user' });
  });

  it('never touches what is there, and says so', async () => {
    await writeFile(join(scratch.dir, 'nxs.yaml'), 'node: mine\n');
    await writeFile(join(scratch.dir, '.env'), 'A=1\n', { mode: 0o600 });
    const first = await writeDefaults(scratch.dir, PACKAGE_DIR);
    expect(first.kept).toEqual(['nxs.yaml', '.env']);
    expect(await readFile(join(scratch.dir, 'nxs.yaml'), 'utf8')).toBe('node: mine\n');
    const second = await writeDefaults(scratch.dir, PACKAGE_DIR);
    expect(second).toEqual({
      written: [],
      kept: expect.arrayContaining([...first.written, ...first.kept]) as string[],
    });
  });

  it('fails with one sentence where it cannot write', async () => {
    await writeFile(join(scratch.root, 'file'), '');
    await expect(writeDefaults(join(scratch.root, 'file', 'nxs'), PACKAGE_DIR)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/cannot be written \(ENOTDIR\)/) as string,
    });
  });
});
