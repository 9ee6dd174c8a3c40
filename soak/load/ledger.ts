// The soak's own record of what was written: an id for each content, which stands in its text.
import { randomBytes } from 'node:crypto';
import type { Written } from '../checks/content.js';

export interface Ledger {
  /** A new id, on record from now on. Take it back when the writing failed. */
  note(node: string, path: string): Written;
  takeBack(written: Written): void;
  all(): readonly Written[];
}

export function openLedger(): Ledger {
  const written = new Map<string, Written>();
  let count = 0;
  return {
    note(node, path) {
      count += 1;
      const id = `soak-${node}-${String(count).padStart(6, '0')}-${randomBytes(4).toString('hex')}`;
      const entry = { id, node, path, at: Date.now() };
      written.set(id, entry);
      return entry;
    },
    takeBack: ({ id }) => void written.delete(id),
    all: () => [...written.values()],
  };
}
