import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../adapters/github/ledger.js';
import { scratch } from '../git/fixtures.js';

const URL = 'https://api.example';
const TOKEN = 'a-token-of-tests';

const note = (at: number) => (state: { writes: readonly number[] }) => ({
  ledger: { gate: null, strikes: 0, writes: [...state.writes, at] },
  value: null,
});

describe('the ledger of a token', () => {
  it('is one for all who hold the token, and another for another token or server', async () => {
    const dir = scratch();
    const now = Date.now();
    await openLedger(dir, URL, TOKEN).update(note(now));
    expect((await openLedger(dir, URL, TOKEN).read()).writes).toEqual([now]);
    expect((await openLedger(dir, URL, 'other').read()).writes).toEqual([]);
    expect((await openLedger(dir, 'https://ghe.example', TOKEN).read()).writes).toEqual([]);
  });

  it('loses nothing when several change it at once', async () => {
    const dir = scratch();
    const now = Date.now();
    const changes = Array.from({ length: 20 }, (_, n) => openLedger(dir, URL, TOKEN).update(note(now - n)));
    await Promise.all(changes);
    expect((await openLedger(dir, URL, TOKEN).read()).writes).toHaveLength(20);
    expect((await readdir(dir)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('never holds the token, forgets what is older than an hour, and takes a torn file for empty', async () => {
    const dir = scratch();
    await openLedger(dir, URL, TOKEN).update(note(Date.now() - 2 * 3_600_000));
    const [name = ''] = await readdir(dir);
    const text = await readFile(join(dir, name), 'utf8');
    expect(`${name} ${text}`).not.toContain(TOKEN);
    expect(JSON.parse(text)).toMatchObject({ writes: [] });
    await writeFile(join(dir, name), '{"writes":[1,');
    expect(await openLedger(dir, URL, TOKEN).read()).toEqual({ writes: [], gate: null, strikes: 0 });
  });
});
