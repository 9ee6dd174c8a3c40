import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { prose, seeded } from './words.js';

export interface Shape {
  /** How many files of how many bytes. */
  readonly parts: readonly { readonly files: number; readonly size: number }[];
  readonly seed: number;
}

/** Part 1's corpus: 1,000 files of 4 KB and 10 of 1 MB. */
export const SMALL: Shape = {
  parts: [
    { files: 1000, size: 4096 },
    { files: 10, size: 1024 * 1024 },
  ],
  seed: 20,
};

const IN_A_DIRECTORY = 100;
const HOUR_S = 3600;
/** New text for every byte would take minutes for a gigabyte; slices of this are as unlike each other for a packer. */
const POOL = 64 * 1024 * 1024;

/** Writes the files below `<root>/memory`, which the default manifest covers. Returns their number and bytes. */
export async function makeCorpus(root: string, shape: Shape): Promise<{ files: number; bytes: number }> {
  const random = seeded(shape.seed);
  const total = shape.parts.reduce((sum, { files, size }) => sum + files * size, 0);
  const pool = prose(random, Math.min(total * 2, POOL));
  const old = Date.now() / 1000 - HOUR_S;
  let made = 0;
  for (const { files, size } of shape.parts) {
    for (let index = 0; index < files; index += 1, made += 1) {
      const dir = path.join(root, 'memory', String(Math.floor(made / IN_A_DIRECTORY)).padStart(4, '0'));
      if (made % IN_A_DIRECTORY === 0 || index === 0) await mkdir(dir, { recursive: true });
      const file = path.join(dir, `note-${String(made).padStart(6, '0')}.md`);
      await writeFile(file, slice(pool, random, size, made));
      await utimes(file, old, old);
    }
  }
  return { files: made, bytes: total };
}

function slice(pool: Buffer, random: () => number, size: number, index: number): Buffer {
  const from = Math.floor(random() * (pool.length - size));
  const text = Buffer.from(pool.subarray(from, from + size));
  // No two files alike, whatever the slices are.
  text.write(`note ${index}\n`, 'latin1');
  return text;
}
