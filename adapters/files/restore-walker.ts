// Files come in path order, so that the last parent directory is nearly always the one that is needed next.
import { openBelow } from './restore-dir.js';
import type { Opened } from './restore-dir.js';

export interface Walker {
  /** The directory of a file; it stays open until the next call. */
  parentOf(path: string): Promise<Opened>;
  /** Says that the present parent was changed: it is synced when it is left. */
  changed(): void;
  close(): Promise<void>;
}

export function createWalker(root: string, make: boolean): Walker {
  let current: { readonly key: string; readonly opened: Opened } | null = null;
  let dirty = false;

  async function leave(): Promise<void> {
    if (current?.opened.state === 'open') {
      if (dirty) await current.opened.directory.sync();
      await current.opened.directory.close();
    }
    current = null;
    dirty = false;
  }

  return {
    async parentOf(path) {
      const key = path.split('/').slice(0, -1).join('/');
      if (current?.key === key && !(make && current.opened.state === 'absent')) return current.opened;
      await leave();
      const opened = await openBelow(root, key === '' ? [] : key.split('/'), make);
      current = { key, opened };
      return opened;
    },
    changed() {
      dirty = true;
    },
    close: leave,
  };
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
