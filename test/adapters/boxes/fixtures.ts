import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { openAgeCodec, type AgeCodec } from '../../../adapters/boxes/age.js';
import { createBoxedDestination } from '../../../adapters/boxes/destination.js';
import type { Change, Destination } from '../../../domain/backup/ports.js';
import { changeTo, git, lab, scratch, stageOf, type Files, type Lab } from '../git/fixtures.js';

export const PART = 100_000;
export const MANIFEST = '.nxs/manifest.ndjson';

export interface Key {
  readonly identityFile: string;
  readonly recipient: string;
}

/** A new key in a file of its own. */
export async function newKey(dir = scratch()): Promise<Key> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const identityFile = path.join(dir, 'key.txt');
  writeFileSync(identityFile, `# made for a test\n# public key: ${recipient}\n${identity}\n`, {
    mode: 0o600,
  });
  return { identityFile, recipient };
}

export function codecOf({ identityFile, recipient }: Key): AgeCodec {
  return openAgeCodec({ recipients: [recipient], identityFile });
}

export interface BoxLab extends Lab {
  readonly inner: Destination;
}

/** `destination` is the boxed one over a real git store. */
export async function boxLab(codec: 'parts' | AgeCodec, prefix = '', at?: Lab): Promise<BoxLab> {
  const under = at ?? (await lab(prefix));
  return { ...under, inner: under.destination, destination: boxedOver(under.destination, under, codec) };
}

/** As a process has it that has just begun. */
export function boxedOver(
  inner: Destination,
  { dir, home }: Pick<Lab, 'dir' | 'home'>,
  codec: 'parts' | AgeCodec,
): Destination {
  return createBoxedDestination(inner, {
    codec,
    partSize: PART,
    scratch: path.join(dir, 'boxes'),
    gitHome: home,
  });
}

/** Stages and publishes; the manifest is one line that names the run. */
export async function publish(at: BoxLab, files: Files, run = 'run', manifest = run, second = 0) {
  const { stage, staged } = await stageOf(at, files, run);
  const change: Change = {
    ...(await changeTo(at.destination, staged, run)),
    at: `2026-11-20T10:00:0${second}Z`,
    extra: [{ path: at.destination.prefix + MANIFEST, bytes: Buffer.from(`manifest of ${manifest}\n`) }],
  };
  const published = await at.destination.publish(change, stage);
  return { stage, staged, change, published };
}

/** SHA-256 by object id of all that the head lists, or the problem. */
export async function readAll(destination: Destination): Promise<Map<string, string>> {
  const head = await destination.head();
  const listed = await destination.list(head?.commit ?? '');
  const objects = new Map(listed.map(({ oid, size }) => [oid, { oid, size: size ?? 0 }]));
  const found = new Map<string, string>();
  for await (const blob of destination.read([...objects.values()], undefined, head?.commit)) {
    found.set(blob.oid, 'problem' in blob ? blob.problem : await digest(blob.chunks));
  }
  return new Map(listed.map(({ path: at, oid }) => [at, found.get(oid) ?? 'nothing']));
}

async function digest(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of chunks) hash.update(chunk);
  } catch {
    return 'cut';
  }
  return hash.digest('hex');
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** How many commits the branch has. */
export function commits(store: string): number {
  return Number(git(store, 'rev-list', '--count', 'main'));
}
