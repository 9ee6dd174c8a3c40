// Bytes that a destination sends: an archive, an encrypted box, replies and errors of an API.
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { openAgeCodec } from '../../adapters/boxes/age.js';
import { collect, once } from '../../adapters/boxes/streams.js';
import { readArchive } from '../../adapters/github/archive.js';
import { replyFailure } from '../../adapters/github/failure.js';
import type { GithubStore } from '../../adapters/github/store.js';
import { blobId } from '../../adapters/github/bytes.js';
import { answerOutcome } from '../../adapters/notify/webhook-outcome.js';
import { NxsError } from '../../domain/errors.js';

const RUNS = { numRuns: 200 };
const COMMIT = 'c'.repeat(40);
const FILES = Array.from({ length: 30 }, (_none, index) => {
  const bytes = Buffer.from(`content ${String(index)}`);
  return { path: `f${String(index)}.md`, oid: blobId(bytes), size: bytes.length, mode: '100644' };
});

/** As much of a store as an archive is read with. */
function storeOf(sent: Uint8Array): GithubStore {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(sent);
      controller.close();
    },
  });
  return {
    listings: new Map([[COMMIT, Promise.resolve({ tree: 't'.repeat(40), files: FILES })]]),
    client: { octokit: { request: () => Promise.resolve({ data: stream }) }, at: {} },
  } as unknown as GithubStore;
}

test('an archive of any bytes gives nothing but whole files, and ends', async () => {
  const bytes = fc.uint8Array({ maxLength: 2_000 });
  const archive = fc.oneof(
    bytes,
    bytes.map((each) => gzipSync(each)),
    // A header of tar that promises much.
    bytes.map((each) => gzipSync(Buffer.concat([Buffer.from('x/f0.md'.padEnd(124, '\0')), each]))),
  );
  await fc.assert(
    fc.asyncProperty(archive, async (sent) => {
      const read: string[] = [];
      for await (const { oid } of readArchive(storeOf(sent), COMMIT, FILES)) read.push(oid);
      expect(read).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('a box of any bytes is not decrypted, and one that was changed neither', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'age-'));
  const identity = await generateX25519Identity();
  const identityFile = path.join(dir, 'key.txt');
  writeFileSync(identityFile, `${identity}\n`, { mode: 0o600 });
  const codec = openAgeCodec({ recipients: [await identityToRecipient(identity)], identityFile });
  const good = await collect(codec.encode(once(Buffer.from('what was stored'))));
  expect((await collect(codec.decode(once(good)))).toString()).toBe('what was stored');
  const changed = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
    const copy = Buffer.from(good);
    copy[at] = (copy[at] ?? 0) ^ by;
    return copy;
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, fc.uint8Array({ maxLength: 300 })), async (stored) => {
      await expect(collect(codec.decode(once(stored)))).rejects.toMatchObject({
        code: 'DESTINATION_UNREADABLE',
      });
    }),
    { numRuns: 60 },
  );
});

test('whatever an API answers becomes one error of ours, short and without the token', () => {
  const reply = fc.record({
    status: fc.oneof(fc.integer(), fc.constantFrom(401, 403, 404, 409, 422, 500)),
    message: fc.string().map((text) => `${text} planted-token ${text}`),
    response: fc.option(fc.record({ headers: fc.object(), data: fc.anything() }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.oneof(reply, fc.anything()), (thrown) => {
      const scrub = (text: string) => text.replaceAll('planted-token', '***');
      const error = replyFailure({ where: 'me/x on github.com', error: thrown, scrub });
      expect(error).toBeInstanceOf(NxsError);
      expect(error.message.length).toBeLessThan(1_000);
      expect(error.message).not.toContain('planted-token');
    }),
    RUNS,
  );
});

test('whatever a service answers to a notification is told or not told, in one sentence', () => {
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.object().map((value) => JSON.stringify({ ok: false, ...value })),
  );
  const headers = fc.dictionary(fc.constantFrom('retry-after', 'x-ratelimit-reset', 'date'), fc.string());
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), headers, body, (status, given, text) => {
      const outcome = answerOutcome(status, given, text, (said) => said.slice(0, 120));
      if (outcome.ok) expect(status).toBeLessThan(300);
      else expect(outcome.reason.length).toBeLessThan(400);
    }),
    RUNS,
  );
});
