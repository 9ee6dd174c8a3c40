import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDesk } from '../../../gateway/desk.js';
import { rosterOf } from '../../../gateway/rules.js';
import { providersSchema } from '../../../config/schemas/providers.js';
import { readSnapshot, snapshotPath, snapshotWriter } from '../../../workers/failover/snapshot-file.js';

const scratch = () => mkdtemp(join(tmpdir(), 'nxs-snapshot-'));
const never = (text: string): never => {
  throw new Error(text);
};

function desk() {
  const providers = providersSchema.parse({ providers: [{ name: 'a', base_url: 'http://127.0.0.1:1/v1' }] });
  return openDesk({ roster: rosterOf({ providers, unset: [] }), now: () => 1_000 });
}

test('what was kept is what comes back', async () => {
  const dir = await scratch();
  const one = desk();
  const writer = snapshotWriter(dir, () => one.snapshot(true), never);
  writer.changed();
  writer.changed();
  await writer.flush();
  expect(await readSnapshot(dir, never)).toEqual(one.snapshot(true));
});

test('nothing kept is nothing to tell', async () => {
  expect(await readSnapshot(await scratch(), never)).toBeNull();
});

test.each(['', '{', '{"v":1}', '{"v":1,"providers":{"a":{"state":"ajar"}},"switch":{}}', '[]'])(
  'a damaged file %j is told in one sentence and does not stop the start',
  async (text) => {
    const dir = await scratch();
    await writeFile(snapshotPath(dir), text);
    const told: string[] = [];
    expect(await readSnapshot(dir, (sentence) => told.push(sentence))).toBeNull();
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(snapshotPath(dir));
    // It stays until the next change replaces it.
    expect(await readFile(snapshotPath(dir), 'utf8')).toBe(text);
  },
);
