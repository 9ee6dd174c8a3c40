// What went wrong once on a real machine: links to other disks, long names, files that vanish, probes called off.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openCaches } from '../../../adapters/host/caches.js';
import { openHost } from '../../../adapters/host/open-host.js';
import { mountTmpfs, unmount, WITHOUT_MOUNTS } from '../../faults/support/mounts.js';
import { until } from '../../support/until.js';

const scratch = mkdtempSync(join(tmpdir(), 'nxs-mishaps-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const host = openHost({ env: process.env });
const never = () => new AbortController().signal;
const dir = () => mkdtempSync(join(scratch, 'd-'));

describe('disks', () => {
  it.skipIf(WITHOUT_MOUNTS !== null)(
    'a data directory that is a link to another disk is a disk of its own',
    async () => {
      const here = dir();
      const big = join(here, 'big');
      mountTmpfs(big, '1m');
      closing.push(() => unmount(big));
      mkdirSync(join(big, 'sub'));
      symlinkSync(big, join(here, 'link'));
      for (const path of [join(here, 'link'), join(here, 'link/sub')])
        expect((await host.disks(['/', path])).map(({ mount }) => mount)).toEqual(['/', big]);
    },
  );
});

describe('a process probe', () => {
  const found = (name: string) =>
    until(
      async () => (await host.probe({ type: 'process', name, timeout: 5_000 }, never())).state === 'good',
    );

  it('finds a script by its long name, which is behind that of its interpreter', async () => {
    const path = join(dir(), 'my-long-agent-daemon.sh');
    writeFileSync(path, '#!/bin/sh\nwhile :; do sleep 1; done\n');
    chmodSync(path, 0o755);
    const child = spawn(path, { stdio: 'ignore', detached: true });
    closing.push(() => process.kill(-(child.pid ?? 0), 'SIGKILL'));
    expect(await found('my-long-agent-daemon.sh')).toBe(true);
  });

  it('finds a long name in letters of more than one byte', async () => {
    const path = join(dir(), 'überwachungsdienst');
    copyFileSync('/bin/sleep', path);
    const child = spawn(path, ['300'], { stdio: 'ignore' });
    closing.push(() => child.kill('SIGKILL'));
    expect(await found('überwachungsdienst')).toBe(true);
  });
});

it('a probe that was called off before it began runs nothing', async () => {
  const mark = join(dir(), 'ran');
  const reading = await host.probe(
    { type: 'command', sh: `touch ${mark}`, timeout: 3_000 },
    AbortSignal.abort(),
  );
  expect(reading.state).toBe('unknown');
  expect(readdirSync(join(mark, '..'))).toEqual([]);
});

describe('caches', () => {
  const ahead = openCaches(() => Date.now() + 1e9);
  const rules = (...paths: readonly string[]) => ({ paths, olderThan: 1, protect: [] });

  it('count once what lies below two paths', async () => {
    const here = dir();
    mkdirSync(join(here, 'sub'));
    writeFileSync(join(here, 'sub/f'), 'x');
    const both = rules(here, join(here, 'sub'));
    const dry = await ahead.clear(both, { dryRun: true, signal: never() });
    expect(dry.files).toBe(1);
    expect(await ahead.clear(both, { dryRun: false, signal: never() })).toEqual(dry);
  });

  it('refuse a link also when a slash stands at its end', async () => {
    const here = dir();
    mkdirSync(join(here, 'real'));
    writeFileSync(join(here, 'real/f'), 'x');
    symlinkSync(join(here, 'real'), join(here, 'link'));
    const done = await ahead.clear(rules(`${join(here, 'link')}/`), { dryRun: false, signal: never() });
    expect(done).toMatchObject({ files: 0, problems: [expect.stringContaining('is a link')] });
  });

  it('go on when a file vanishes while it is looked at', async () => {
    const here = dir();
    for (let n = 0; n < 20; n += 1) writeFileSync(join(here, `f${String(n)}`), 'x');
    // Asked for each name before it is looked at: the first one is gone by then.
    let isFirst = true;
    const protect = Object.assign([] as string[], {
      includes(name: string): boolean {
        if (isFirst) rmSync(join(here, name));
        isFirst = false;
        return false;
      },
    });
    await ahead.clear({ ...rules(here), protect }, { dryRun: false, signal: never() });
    expect(readdirSync(here)).toEqual([]);
  });
});
