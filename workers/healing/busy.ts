// What must not be interrupted now: counted where it runs, in this worker, or seen by its lock.
import { lockHolder } from '../../adapters/files/lock.js';
import { offlineRestoreLock } from '../offline.js';

export interface Busy {
  /** In a few words; null: nothing. */
  now(): string | null;
  /** The same activities, counted while they run under the word of their name. */
  counted<T extends object>(activities: T, words: Readonly<Record<string, string>>): T;
}

export function openBusy(): Busy {
  const running = new Map<string, number>();
  return {
    now() {
      const words = [...running].filter(([, count]) => count > 0).map(([word]) => word);
      return words[0] ?? null;
    },
    counted(activities, words) {
      const entries = Object.entries(activities as Record<string, (input: unknown) => Promise<unknown>>);
      const wrapped = entries.map(([name, run]) => {
        const word = words[name];
        if (word === undefined) return [name, run];
        return [
          name,
          async (input: unknown) => {
            running.set(word, (running.get(word) ?? 0) + 1);
            try {
              return await run(input);
            } finally {
              running.set(word, (running.get(word) ?? 1) - 1);
            }
          },
        ];
      });
      return Object.fromEntries(wrapped) as typeof activities;
    },
  };
}

/** Steps that a restart would cut. */
export const UNINTERRUPTED: Readonly<Record<string, string>> = {
  publishBackup: 'a backup',
  verifyBackup: 'a backup',
  healBackup: 'a backup',
  restoreBackup: 'a restore',
};

/** `nxs backup restore --offline` runs in a process of its own. */
export async function restoringOffline(stateDir: string): Promise<string | null> {
  return (await lockHolder(offlineRestoreLock(stateDir))) === null ? null : 'a restore';
}
