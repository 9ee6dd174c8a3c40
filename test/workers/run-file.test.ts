import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readRunFile,
  removeRunFile,
  runFilePath,
  writeRunFile,
  type RunFile,
} from '../../workers/run-file.js';

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

  it.each(['', 'null', '{"pid":"x"}', '[]'])('is none when it holds %j', async (content) => {
    const state = await mkdtemp(join(tmpdir(), 'run-'));
    await writeFile(runFilePath(state), content);
    expect(await readRunFile(state)).toBeNull();
  });
});
