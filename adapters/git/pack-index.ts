// Reads a pack's .idx (version 2) without git: which objects a pack claims to hold, and whether the index itself
// is whole.
import { createHash } from 'node:crypto';

export interface IndexedObject {
  readonly oid: string;
}

const FANOUT = 8;
const NAMES = FANOUT + 256 * 4;

/** The objects an index lists, or null when it is not one of version 2 or too short. */
export function idxObjects(idx: Buffer): readonly IndexedObject[] | null {
  if (idx.length < NAMES + 40 || idx.readUInt32BE(0) !== 0xff744f63 || idx.readUInt32BE(4) !== 2) return null;
  const count = idx.readUInt32BE(NAMES - 4);
  if (idx.length < NAMES + count * 28 + 40) return null;
  const objects: IndexedObject[] = [];
  for (let at = NAMES; at < NAMES + count * 20; at += 20)
    objects.push({ oid: idx.toString('hex', at, at + 20) });
  return objects;
}

/** True when the checksum at the end of the index holds. */
export function idxIsWhole(idx: Buffer): boolean {
  if (idxObjects(idx) === null) return false;
  return createHash('sha1').update(idx.subarray(0, -20)).digest().equals(idx.subarray(-20));
}

/** The checksum that the pack of this index must end in. */
export function idxPackChecksum(idx: Buffer): Buffer {
  return idx.subarray(-40, -20);
}
