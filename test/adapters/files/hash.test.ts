import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blobHasher, hashBytes, hashFile } from '../../../adapters/files/hash.js';
import { SMALL_FILE } from '../../../adapters/files/stable-read.js';

function scratch(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'nxs-hash-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('hashing', () => {
  it("gives git's blob id and the SHA-256", () => {
    expect(hashBytes(Buffer.from(''))).toEqual({
      oid: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect(hashBytes(Buffer.from('test content\n')).oid).toBe('d670460b4b4aece5915caf5c68d12f560a9fe3e4');
  });

  it('is the same in chunks, and from a file of either size class', async () => {
    const dir = scratch();
    for (const size of [0, 1, SMALL_FILE - 1, SMALL_FILE, SMALL_FILE + 1, 1_500_000]) {
      const bytes = createHash('shake256', { outputLength: Math.max(size, 1) })
        .digest()
        .subarray(0, size);
      const hasher = blobHasher(size);
      hasher.update(bytes.subarray(0, size >> 1));
      hasher.update(bytes.subarray(size >> 1));
      const ids = hasher.digest();
      expect(ids).toEqual(hashBytes(bytes));
      const file = path.join(dir, String(size));
      writeFileSync(file, bytes);
      const hashed = await hashFile(file);
      expect(hashed).toMatchObject({ ok: true, ...ids, stat: { size, ino: String(statSync(file).ino) } });
    }
  });

  it('does not follow a link, and says why a file cannot be read', async () => {
    const dir = scratch();
    symlinkSync('/etc/hostname', path.join(dir, 'link'));
    expect(await hashFile(path.join(dir, 'link'))).toMatchObject({ ok: false, status: 'REFUSED' });
    expect(await hashFile(path.join(dir, 'gone'))).toMatchObject({ ok: false, status: 'UNREADABLE' });
    expect(await hashFile(dir)).toMatchObject({ ok: false, status: 'REFUSED' });
  });

  it('of a file whose size the system does not tell counts as changed', async () => {
    expect(await hashFile('/proc/self/status')).toMatchObject({ ok: false, status: 'CHANGED' });
  });
});
