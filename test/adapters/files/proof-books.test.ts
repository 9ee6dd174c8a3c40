import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openProofBooks } from '../../../adapters/files/proof-books.js';
import type { ProofBook } from '../../../domain/backup/local-ports.js';
import type { Proof } from '../../../domain/backup/proof.js';

function scratch(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'nxs-proofs-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function proofs(verifiedAt: number | null): Proof[] {
  return Array.from({ length: 600 }, (_, n) => {
    const name = `file-${String(n)}`;
    const ids = { oid: 'a'.repeat(40), sha256: 'b'.repeat(64) };
    return { local: name, path: name, ...ids, size: n, mode: '100644', verifiedAt };
  });
}

function book(files: readonly Proof[], witness = 'w1'): ProofBook {
  return { node: 'home', prefix: '', commit: 'c1', manifest: 'm1', witness, provedAt: 1, files };
}

const linesIn = (dir: string): Map<string, string> =>
  new Map(
    readdirSync(dir)
      .filter((name) => name.endsWith('.ndjson'))
      .map((name) => [name, readFileSync(path.join(dir, name), 'utf8')]),
  );

describe('the proof books', () => {
  it('come back as they were saved, each destination for itself', async () => {
    const dir = scratch();
    const books = openProofBooks(dir);
    expect(await books.load('local')).toBeNull();
    await books.save('local', book(proofs(1)));
    await books.save('local.a', book([], 'w2'));
    for (const reader of [books, openProofBooks(dir)]) {
      expect(await reader.load('local')).toEqual(book(proofs(1)));
      expect(await reader.load('local.a')).toEqual(book([], 'w2'));
    }
  });

  it('leave the lines alone when only the head has changed', async () => {
    const dir = scratch();
    await openProofBooks(dir).save('local', book(proofs(1)));
    const before = linesIn(dir);
    const books = openProofBooks(dir);
    const loaded = await books.load('local');
    await books.save('local', { ...book(loaded?.files ?? []), witness: 'w2' });
    await books.save('local', book(proofs(1), 'w3'));
    expect(linesIn(dir)).toEqual(before);
    expect(await openProofBooks(dir).load('local')).toEqual(book(proofs(1), 'w3'));
  });

  it('write the lines of any change', async () => {
    const dir = scratch();
    const books = openProofBooks(dir);
    await books.save('local', book(proofs(1)));
    const one = proofs(1);
    one[599] = { ...one[599], verifiedAt: 2 } as Proof;
    for (const files of [proofs(2), proofs(null), one, one.slice(0, -1), proofs(1)]) {
      await books.save('local', book(files));
      expect(await openProofBooks(dir).load('local')).toEqual(book(files));
    }
  });

  it('keep the old book until the new head stands', async () => {
    const dir = scratch();
    const books = openProofBooks(dir);
    await books.save('local', book(proofs(1), 'old'));
    const head = readFileSync(path.join(dir, 'local.json'));
    await books.save('local', book(proofs(2), 'new'));
    // A crash after the new lines, before the new head.
    writeFileSync(path.join(dir, 'local.json'), head);
    expect(await openProofBooks(dir).load('local')).toEqual(book(proofs(1), 'old'));
  });

  it('are not known when head and lines do not belong together, or one of them is torn or gone', async () => {
    const dir = scratch();
    const books = openProofBooks(dir);
    await books.save('local', book(proofs(1), 'w1'));
    const first = readFileSync(path.join(dir, 'local.json'));
    await books.save('local', book(proofs(2), 'w2'));
    await books.save('local', book(proofs(3), 'w3'));
    writeFileSync(path.join(dir, 'local.json'), first);
    expect(await books.load('local')).toBeNull();
    for (const damage of ['', '{', 'null', '{"nxs":"proof-book-1","slot":"../x"}']) {
      writeFileSync(path.join(dir, 'local.json'), damage);
      expect(await books.load('local')).toBeNull();
    }
    await books.save('local', book(proofs(4)));
    for (const name of linesIn(dir).keys()) rmSync(path.join(dir, name));
    expect(await books.load('local')).toBeNull();
    // What was saved before says nothing of what is there now.
    await books.save('local', book(proofs(4)));
    expect(await books.load('local')).toEqual(book(proofs(4)));
  });

  it('do not trust their memory over what another process wrote', async () => {
    const dir = scratch();
    const [one, other] = [openProofBooks(dir), openProofBooks(dir)];
    await one.save('local', book(proofs(1)));
    await other.save('local', book(proofs(2)));
    await one.save('local', book(proofs(1)));
    expect(await other.load('local')).toEqual(book(proofs(1)));
  });
});
