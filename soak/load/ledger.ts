// The soak's own record of what was written: an id for each content, which stands in its text.
import { randomBytes } from 'node:crypto';
import type { Written } from '../checks/content.js';

export interface Ledger {
  /** A new id for a content that is about to be written. */
  draft(node: string, path: string): Written;
  /** It is written: from now on it must not be lost. */
  keep(written: Written): void;
  readonly all: () => readonly Written[];
}

export function openLedger(): Ledger {
  const written: Written[] = [];
  let count = 0;
  return {
    draft(node, path) {
      count += 1;
      const id = `soak-${node}-${String(count).padStart(6, '0')}-${randomBytes(4).toString('hex')}`;
      return { id, node, path, at: Date.now() };
    },
    keep: (each) => void written.push(each),
    all: () => [...written],
  };
}
