// What is proved about each destination, kept as a small head and its many lines apart: most saves change the head only
// (the store's witness, the time of the proof). The lines stand in one of two slots; new ones go to the other, and the head
// that names them comes last, so a crash leaves the old book or the new one. Lines that are not the head's read as no book.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProofBook } from '../../domain/backup/local-ports.js';
import type { Proof } from '../../domain/backup/proof.js';
import { fileNameOf } from '../../domain/ids.js';
import { atomicWrite } from './atomic-write.js';
import { openNdjsonFiles, type NdjsonFiles } from './ndjson.js';

export interface ProofBooks {
  save(destination: string, book: ProofBook): Promise<void>;
  /** Null when nothing is known, or what was known cannot be read any more. */
  load(destination: string): Promise<ProofBook | null>;
}

const KIND = 'proofs-2';

interface Head extends Omit<ProofBook, 'files'> {
  readonly nxs: 'proof-book-1';
  readonly slot: 'a' | 'b';
  /** Id of the lines in that slot. */
  readonly lines: string;
}

/** The books below `dir`, two files or three for each destination. */
export function openProofBooks(dir: string, ndjson: NdjsonFiles = openNdjsonFiles()): ProofBooks {
  const headFile = (destination: string): string => path.join(dir, `${fileNameOf(destination)}.json`);
  const slotFile = (destination: string, slot: Head['slot']): string =>
    path.join(dir, `${fileNameOf(destination)}.${slot}.ndjson`);
  const linesOf = async (destination: string, head: Head): Promise<readonly Proof[] | null> => {
    const found = await ndjson.read(slotFile(destination, head.slot), KIND);
    return found?.header['id'] === head.lines ? (found.lines as readonly Proof[]) : null;
  };
  return {
    async save(destination, { files, ...about }) {
      const head = await readHead(headFile(destination));
      const there = head === null ? null : await linesOf(destination, head);
      let at = { slot: head?.slot ?? 'b', lines: head?.lines ?? '' };
      if (there === null || !sameProofs(there, files)) {
        at = { slot: at.slot === 'a' ? 'b' : 'a', lines: randomUUID() };
        await ndjson.write(slotFile(destination, at.slot), KIND, { id: at.lines }, files);
      }
      const next: Head = { nxs: 'proof-book-1', ...at, ...about };
      await atomicWrite(headFile(destination), `${JSON.stringify(next)}\n`, { sync: false });
    },
    async load(destination) {
      const head = await readHead(headFile(destination));
      const files = head === null ? null : await linesOf(destination, head);
      if (head === null || files === null) return null;
      const { node, prefix, commit, manifest, witness, provedAt } = head;
      return { node, prefix, commit, manifest, witness, provedAt, files };
    },
  };
}

async function readHead(file: string): Promise<Head | null> {
  try {
    const head = JSON.parse(await readFile(file, 'utf8')) as Readonly<
      Partial<Record<keyof Head, unknown>>
    > | null;
    const isHead = head?.nxs === 'proof-book-1' && (head.slot === 'a' || head.slot === 'b');
    return isHead ? (head as unknown as Head) : null;
  } catch {
    return null;
  }
}

function sameProofs(a: readonly Proof[], b: readonly Proof[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((proof, index) => sameProof(proof, b[index]));
}

function sameProof(a: Proof, b: Proof | undefined): boolean {
  return (
    a.path === b?.path &&
    a.local === b.local &&
    a.oid === b.oid &&
    a.sha256 === b.sha256 &&
    a.size === b.size &&
    a.mode === b.mode &&
    a.verifiedAt === b.verifiedAt
  );
}
