import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAgeCodec } from '../../../adapters/boxes/age.js';
import { git, noise, scratch } from '../git/fixtures.js';
import { boxedOver, boxLab, codecOf, commits, newKey, PART, publish, readAll, sha256 } from './fixtures.js';

const SECRET = 'the plain words of this file, which nobody must ever find';

/** Every object of the repository, loose or packed, as git gives it. */
function everyObject(store: string): Buffer {
  const env = { PATH: process.env['PATH'], GIT_DIR: store };
  const all = ['cat-file', '--batch-all-objects', '--batch', '--buffer'];
  return execFileSync('git', all, { env, maxBuffer: 64 * 1024 * 1024 });
}

/** All files below a directory, as one. */
function everyFile(dir: string): Buffer {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return Buffer.concat(files.map((each) => readFileSync(path.join(each.parentPath, each.name))));
}

describe('an encrypted destination', () => {
  it('holds no byte and no name of the files, not even while it is written', async () => {
    const at = await boxLab(codecOf(await newKey()));
    let seen = Buffer.alloc(0);
    const inner = {
      ...at.inner,
      publish: (...given: Parameters<typeof at.inner.publish>) => {
        const { repository } = given[1] ?? { repository: '' };
        if (repository !== '') seen = Buffer.concat([everyObject(repository), everyFile(repository)]);
        return at.inner.publish(...given);
      },
    };
    const codec = codecOf(await newKey());
    const files = { 'private/diary-of-mine.md': SECRET, 'large.bin': Buffer.from(SECRET.repeat(4000)) };
    await publish({ ...at, destination: boxedOver(inner, at, codec) }, files, 'run', SECRET);
    expect(seen.byteLength).toBeGreaterThan(200_000);
    for (const bytes of [everyObject(at.store), everyFile(at.store), seen]) {
      for (const word of ['plain words', 'diary', 'private', 'large.bin', 'manifest of']) {
        expect(bytes.includes(word)).toBe(false);
      }
    }
    const names = git(at.store, 'ls-tree', '-r', '--name-only', 'main').trim().split('\n');
    expect(names.every((name) => /^\.nxs\/(boxes\.age|age\/[0-9a-f]{2}\/[0-9a-f]{40})$/.test(name))).toBe(
      true,
    );
  });

  it('gets one box for one changed file, beside manifest and index', async () => {
    const at = await boxLab(codecOf(await newKey()));
    const files = { a: 'a', b: 'b', c: noise(3 * PART) };
    await publish(at, files);
    const before = new Set(git(at.store, 'ls-tree', '-r', 'main').trim().split('\n'));
    const { published } = await publish(at, { ...files, a: 'A' }, 'next');
    const after = git(at.store, 'ls-tree', '-r', 'main').trim().split('\n');
    expect(published.uploaded).toBe(1);
    expect(after.filter((row) => !before.has(row))).toHaveLength(3);
    expect(await readAll(at.destination)).toEqual(
      new Map([
        ['.nxs/manifest.ndjson', sha256('manifest of next\n')],
        ['a', sha256('A')],
        ['b', sha256('b')],
        ['c', sha256(noise(3 * PART))],
      ]),
    );
  });

  it('takes the same files with the same manifest for no change', async () => {
    const at = await boxLab(codecOf(await newKey()));
    const first = await publish(at, { a: 'a', b: noise(2 * PART) }, 'one', 'both');
    const again = await publish(at, { a: 'a', b: noise(2 * PART) }, 'two', 'both');
    expect(again.published).toEqual({ ...first.published, uploaded: 0 });
    expect(commits(at.store)).toBe(1);
  });

  it('is refused with another key, as denied and never as damaged', async () => {
    const at = await boxLab(codecOf(await newKey()));
    const { published } = await publish(at, { a: 'a' });
    const other = await newKey();
    const denied = boxedOver(at.inner, at, codecOf(other));
    await expect(denied.list(published.commit)).rejects.toMatchObject({
      code: 'DESTINATION_DENIED',
      message: expect.stringContaining(other.identityFile) as string,
    });
    await expect(publish({ ...at, destination: denied }, { a: 'b' })).rejects.toMatchObject({
      code: 'DESTINATION_DENIED',
    });
    expect(commits(at.store)).toBe(1);
  });

  it('is not made on top of plain backups, nor plain ones on top of it', async () => {
    const key = codecOf(await newKey());
    const plain = await boxLab('parts');
    await publish(plain, { a: 'a' });
    const over = boxedOver(plain.inner, plain, key);
    const refused = {
      code: 'DESTINATION_FOREIGN',
      message: expect.stringMatching(/branch or prefix/) as string,
    };
    await expect(publish({ ...plain, destination: over }, { a: 'a' })).rejects.toMatchObject(refused);
    const secret = await boxLab(key);
    const { published } = await publish(secret, { a: 'a' });
    const bare = boxedOver(secret.inner, secret, 'parts');
    await expect(bare.list(published.commit)).rejects.toMatchObject(refused);
  });

  it('is kept from nobody as "exposed", and takes files of any size', async () => {
    const at = await boxLab('parts');
    const open = { ...at.inner, exposed: true, largest: 10 };
    const sealed = boxedOver(open, at, codecOf(await newKey()));
    expect([sealed.exposed, sealed.largest]).toEqual([false, null]);
    expect(boxedOver(open, at, 'parts').exposed).toBe(true);
  });
});

describe('the key', () => {
  it('that nobody could restore with, or that others can read, is refused with a sentence', async () => {
    const dir = scratch();
    const { identityFile, recipient } = await newKey(dir);
    const other = await newKey();
    const open = (change: { recipients?: string[]; identityFile?: string } = {}) =>
      openAgeCodec({ recipients: [recipient], identityFile, ...change });
    expect(open().kind).toBe('age');
    expect(open({ recipients: [other.recipient, recipient] }).kind).toBe('age');
    expect(() => open({ recipients: [other.recipient] })).toThrow(/never restore/);
    expect(() => open({ recipients: ['ssh-ed25519 AAAA'] })).toThrow(/not a recipient/);
    expect(() =>
      open({ recipients: [`${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`] }),
    ).toThrow(/not a recipient/);
    expect(() => open({ identityFile: path.join(dir, 'none.txt') })).toThrow(/is not there/);
    chmodSync(identityFile, 0o644);
    expect(() => open()).toThrow(/chmod 600/);
    rmSync(identityFile);
    for (const [text, why] of [
      ['# nothing\n', /holds no AGE-SECRET-KEY/],
      ['age-encryption.org/v1\n-> scrypt x 18\n', /passphrase/],
      ['AGE-SECRET-KEY-1QQQQ\n', /is damaged/],
    ] as const) {
      writeFileSync(identityFile, text, { mode: 0o600 });
      expect(() => open()).toThrow(why);
      expect(() => open()).not.toThrow(/QQQQ/);
    }
  });
});
