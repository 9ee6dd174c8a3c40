import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readRunFile,
  removeRunFile,
  runFilePath,
  writeRunFile,
  type RunFile,
} from '../../workers/run-file.js';

/** Any address of this machine. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.find(({ family }) => family === 'IPv4')?.address ?? '127.0.0.1';
}

const RUN: RunFile = {
  pid: 1,
  pids: { worker: 2, temporal: null },
  node: 'home',
  http: 'http://127.0.0.1:8787',
  temporal: '127.0.0.1:7233',
  ui: null,
  started: '2026-11-23T21:00:00.000Z',
};

describe('run.json', () => {
  it('is read as it was written, owner-only, until it is removed', async () => {
    const state = await mkdtemp(join(tmpdir(), 'run-'));
    await writeRunFile(state, RUN);
    expect(await readRunFile(state)).toEqual(RUN);
    expect((await stat(runFilePath(state))).mode & 0o777).toBe(0o600);
    removeRunFile(state);
    removeRunFile(state);
    expect(await readRunFile(state)).toBeNull();
  });

  it.each([
    ['http', 'http://192.0.2.1:8787'],
    ['http', 'https://127.0.0.1:8787'],
    ['http', 'http://127.0.0.1.evil.example:8787'],
    ['http', 'http://u:p@127.0.0.1:8787'],
    ['http', 'file:///etc/passwd'],
    ['ui', 'javascript:alert(1)'],
    ['pid', -1],
    ['pid', 0],
    ['pids', { worker: -1, temporal: null }],
  ])('that was copied or forged is none (%s: %j)', async (key, value) => {
    const state = await mkdtemp(join(tmpdir(), 'run-'));
    await writeFile(runFilePath(state), JSON.stringify({ ...RUN, [key]: value }));
    expect(await readRunFile(state)).toBeNull();
  });

  it.each(['http://localhost:1', 'http://[::1]:8787', `http://${ownAddress()}:8787`])(
    'at %s is of this machine',
    async (http) => {
      const state = await mkdtemp(join(tmpdir(), 'run-'));
      await writeRunFile(state, { ...RUN, http });
      expect(await readRunFile(state)).toMatchObject({ http });
    },
  );

  it('is never anything but a run file or nothing, whatever stands there', async () => {
    const state = await mkdtemp(join(tmpdir(), 'run-'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(RUN)), fc.jsonValue(), async (key, value) => {
        await writeFile(runFilePath(state), JSON.stringify({ ...RUN, [key]: value }));
        const read = await readRunFile(state);
        expect(read === null || (read.pid > 0 && read.http.startsWith('http://'))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['', 'null', '{"pid":"x"}', '[]'])('is none when it holds %j', async (content) => {
    const state = await mkdtemp(join(tmpdir(), 'run-'));
    await writeFile(runFilePath(state), content);
    expect(await readRunFile(state)).toBeNull();
  });
});
