import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStage, removeStage, stageFiles } from '../../../adapters/git/stage.js';
import { git, noise, scratch, stageOf } from './fixtures.js';

function place(): { readonly dir: string; readonly home: string } {
  const dir = scratch();
  mkdirSync(path.join(dir, 'home'));
  return { dir, home: path.join(dir, 'home') };
}

function input(absolute: string) {
  const name = path.basename(absolute);
  return { local: name, path: name, absolute, mode: '100644' as const };
}

describe('a stage', () => {
  it('holds every byte under the id that git itself gives it', async () => {
    const at = place();
    const files = {
      empty: '',
      text: 'line\n',
      twin: 'line\n',
      '-dash name': noise(4096),
      medium: noise(300_000, 4),
      large: Buffer.alloc(3_000_000, 'large file '),
    };
    const { stage, staged } = await stageOf(at, files);
    expect(staged.map((file) => file.path)).toEqual(Object.keys(files));
    for (const file of staged) {
      const absolute = path.join(at.dir, 'data', file.local);
      expect(git(stage.repository, 'hash-object', '--no-filters', absolute).trim()).toBe(file.oid);
      expect(git(stage.repository, 'cat-file', '-s', file.oid).trim()).toBe(String(file.size));
      const bytes = Buffer.from(files[file.local as keyof typeof files]);
      expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(git(stage.repository, 'fsck', '--full', '--no-dangling')).toBe('');
  });

  it('takes 50 MB in chunks', async () => {
    const at = place();
    const { stage, staged } = await stageOf(at, { big: Buffer.alloc(50 * 1024 * 1024, 'fifty megabytes ') });
    expect(git(stage.repository, 'cat-file', '-s', staged[0]?.oid ?? '').trim()).toBe(
      String(50 * 1024 * 1024),
    );
  });

  it('takes any mixture of small and large files without a stall', async () => {
    const at = place();
    const sizes = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 250_000, max: 600_000 })),
      { maxLength: 24 },
    );
    await fc.assert(
      fc.asyncProperty(sizes, async (list) => {
        const files = Object.fromEntries(
          list.map((size, index) => [`f${String(index)}`, Buffer.alloc(size, index)]),
        );
        const { staged } = await stageOf(at, files);
        expect(staged.map((file) => file.size)).toEqual(list);
      }),
      { numRuns: 8, seed: 3 },
    );
  });

  it('can be added to, and starts empty when it is opened again', async () => {
    const at = place();
    const { stage, staged } = await stageOf(at, { a: '1' });
    const extra = path.join(at.dir, 'data', 'b');
    writeFileSync(extra, '2');
    const more = await stageFiles(stage, [input(extra)]);
    expect(git(stage.repository, 'cat-file', 'blob', staged[0]?.oid ?? '')).toBe('1');
    expect(git(stage.repository, 'cat-file', 'blob', more.staged[0]?.oid ?? '')).toBe('2');
    await openStage(path.join(at.dir, 'stages'), 'run', at.home);
    expect(readdirSync(path.join(stage.repository, 'objects/pack'))).toEqual([]);
    await removeStage(stage);
    expect(readdirSync(path.join(at.dir, 'stages'))).toEqual([]);
  });

  it('stops on cancellation', async () => {
    const at = place();
    const stage = await openStage(path.join(at.dir, 'stages'), 'run', at.home);
    const file = path.join(at.dir, 'sparse');
    writeFileSync(file, '');
    truncateSync(file, 2_000_000_000);
    const stop = new AbortController();
    const staging = stageFiles(stage, [input(file)], { signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    await expect(staging).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('says plainly when its disk is full', async (context) => {
    const at = place();
    const small = path.join(at.dir, 'small');
    mkdirSync(small);
    if (!mounted(small)) return context.skip('a tmpfs cannot be mounted here');
    try {
      const stage = await openStage(small, 'run', at.home);
      const file = path.join(at.dir, 'file');
      writeFileSync(file, noise(3_000_000));
      await expect(stageFiles(stage, [input(file)])).rejects.toMatchObject({
        code: 'DESTINATION_UNWRITABLE',
        message: expect.stringContaining('No space left'),
      });
    } finally {
      execFileSync('umount', ['-l', small]);
    }
    return undefined;
  });
});

describe('a file that cannot be staged', () => {
  it('is a problem with its reason, and the others go on', async () => {
    const at = place();
    const stage = await openStage(path.join(at.dir, 'stages'), 'run', at.home);
    const good = path.join(at.dir, 'good');
    writeFileSync(good, 'good');
    symlinkSync(good, path.join(at.dir, 'link'));
    mkdirSync(path.join(at.dir, 'directory'));
    execFileSync('mkfifo', [path.join(at.dir, 'fifo')]);
    const names = ['gone', 'link', 'directory', 'fifo', 'good'];
    const { staged, problems } = await stageFiles(
      stage,
      names.map((name) => input(path.join(at.dir, name))),
    );
    expect(staged.map((file) => file.local)).toEqual(['good']);
    expect(problems.map(({ local, status }) => [local, status])).toEqual([
      ['gone', 'UNREADABLE'],
      ['link', 'REFUSED'],
      ['directory', 'REFUSED'],
      ['fifo', 'REFUSED'],
    ]);
    expect(problems[0]?.reason).toContain('ENOENT');
  });

  it(
    'counts as changed while a writer keeps at it, and never shows a mixture',
    { timeout: 30_000 },
    async () => {
      const at = place();
      const stage = await openStage(path.join(at.dir, 'stages'), 'run', at.home);
      const busy = path.join(at.dir, 'busy');
      writeFileSync(busy, Buffer.alloc(20_000_000, 'a'));
      const calm = path.join(at.dir, 'calm');
      writeFileSync(calm, 'calm');
      const fd = openSync(busy, 'r+');
      let byte = 0;
      const writer = setInterval(() => writeSync(fd, String((byte += 1) % 10), 5), 1);
      try {
        const { staged, problems } = await stageFiles(stage, [input(busy), input(calm)]);
        expect(problems).toMatchObject([{ local: 'busy', status: 'CHANGED' }]);
        expect(staged).toHaveLength(1);
      } finally {
        clearInterval(writer);
        closeSync(fd);
      }
      // What was written for the discarded reads is complete, or git would not have taken the rest.
      expect(git(stage.repository, 'fsck', '--full', '--no-dangling')).toBe('');
    },
  );

  it(
    'growing, shrinking or replaced under the reader, is read again or reported',
    { timeout: 30_000 },
    async () => {
      const at = place();
      const stage = await openStage(path.join(at.dir, 'stages'), 'run', at.home);
      const file = path.join(at.dir, 'file');
      writeFileSync(file, Buffer.alloc(8_000_000, 'a'));
      let step = 0;
      const writer = setInterval(() => {
        step += 1;
        if (step === 1) appendFileSync(file, 'grown');
        if (step === 2) truncateSync(file, 5_000_000);
        if (step === 3) writeFileSync(`${file}.new`, Buffer.alloc(6_000_000, 'b'));
        if (step === 4) renameSync(`${file}.new`, file);
      }, 4);
      const { staged, problems } = await stageFiles(stage, [input(file)]).finally(() =>
        clearInterval(writer),
      );
      expect(staged.length + problems.length).toBe(1);
      for (const one of staged) {
        const size = Number(git(stage.repository, 'cat-file', '-s', one.oid));
        expect(size).toBe(one.size);
      }
    },
  );

  it('is never the reason for more memory than a few chunks', { timeout: 60_000 }, async () => {
    const at = place();
    const stage = await openStage(path.join(at.dir, 'stages'), 'run', at.home);
    const file = path.join(at.dir, 'sparse');
    writeFileSync(file, '');
    truncateSync(file, 400_000_000);
    chmodSync(file, 0o600);
    expect(statSync(file).size).toBe(400_000_000);
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    const { staged } = await stageFiles(stage, [input(file)]).finally(() => clearInterval(watch));
    expect(staged).toHaveLength(1);
    expect((most - before) / 1024 / 1024).toBeLessThan(150);
  });
});

function mounted(directory: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
