import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClaimCheck, type ClaimCheck } from '../../../adapters/files/claim-check.js';

let state: string;
let files: ClaimCheck;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'nxs-claim-'));
  files = openClaimCheck(state);
});
afterEach(() => rm(state, { recursive: true, force: true }));

const request = { digest: 'd1', body: { messages: ['hello'] } };

describe('claim-check files', () => {
  it('come back as they went in, and are nobody else’s to read', async () => {
    await files.offer('id-1', request);
    await files.keep('id-1', 2, { status: 200, body: { a: 1 } });
    expect(await files.request('id-1')).toEqual(request);
    expect(await files.answer('id-1', 2)).toEqual({ status: 200, body: { a: 1 } });
    expect(await files.answer('id-1', 1)).toBeNull();
    const dir = join(state, 'completions', 'id-1');
    expect((await readdir(dir)).sort()).toEqual(['answer-2.json', 'request.json']);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(dir)) expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
  });

  it('keep the first request under an id, and tell it to whoever comes later', async () => {
    const other = { digest: 'd2', body: {} };
    const told = await Promise.all([files.offer('id', request), files.offer('id', other)]);
    expect(new Set(told.map(({ digest }) => digest)).size).toBe(1);
    expect((await files.request('id')).digest).toBe(told[0].digest);
    expect(await readdir(join(state, 'completions', 'id'))).toEqual(['request.json']);
  });

  it('are refused under an id that could leave their folder', async () => {
    for (const id of ['../x', 'a/b', '', '.', 'x'.repeat(101)])
      await expect((async () => files.offer(id, request))()).rejects.toMatchObject({ code: 'USAGE' });
    expect(await readdir(state)).toEqual([]);
  });

  it('say so when a request is missing or damaged, and take a damaged answer for none', async () => {
    await expect(files.request('none')).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
    await files.offer('id', request);
    const path = join(state, 'completions', 'id', 'request.json');
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 10));
    await expect(files.request('id')).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
    await writeFile(join(state, 'completions', 'id', 'answer-1.json'), '{"status":');
    expect(await files.answer('id', 1)).toBeNull();
  });

  it('go when they are older than their retention', async () => {
    await files.prune(Date.now());
    await files.offer('old', request);
    await files.offer('new', request);
    await utimes(join(state, 'completions', 'old'), 1, 1);
    await files.prune(Date.now() - 60_000);
    expect(await readdir(join(state, 'completions'))).toEqual(['new']);
  });
});
