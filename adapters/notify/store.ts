// `<state>/notify.json`: a few kilobytes, rewritten whole, under a lock that is held for milliseconds. When it cannot be read,
// locked or written, people are told all the same (a full disk is a reason to tell): what is known then stays in memory.
import { readFile } from 'node:fs/promises';
import { errorMessage } from '../../domain/errors.js';
import { EMPTY, parseState, type NotifyState } from '../../domain/notify/state.js';
import { atomicWrite } from '../files/atomic-write.js';
import { acquireLock, type Lock } from '../files/lock.js';

/** Longer than anybody holds the lock, ms. */
const PATIENCE = 2000;

export interface Changed<T> {
  readonly state: NotifyState;
  readonly value: T;
}

export interface NotifyStore {
  /** Changes the state, one after the other in this process and between processes. Throws only what `change` throws. */
  update<T>(change: (state: NotifyState) => Changed<T>): Promise<T>;
}

/** `onProblem` is told one sentence when the file could not be used. */
export function openNotifyStore(path: string, onProblem: (problem: string) => void): NotifyStore {
  let last: Promise<unknown> = Promise.resolve();
  /** What could not be written; it goes before the file until it could. */
  let unsaved: NotifyState | null = null;

  async function once<T>(change: (state: NotifyState) => Changed<T>): Promise<T> {
    const lock = await acquireLock(`${path}.lock`, { wait: PATIENCE, purpose: 'notifications' }).catch(
      (error: unknown): Lock | null => {
        onProblem(`${path} cannot be locked: ${errorMessage(error)}`);
        return null;
      },
    );
    try {
      const before = unsaved ?? (await readNotifyState(path));
      const { state, value } = change(before);
      if (state !== before || unsaved !== null) {
        unsaved = await save(path, state, onProblem);
      }
      return value;
    } finally {
      await lock?.release();
    }
  }

  return {
    update(change) {
      const next = last.then(() => once(change));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** EMPTY when there is none, or none that can be read. */
export async function readNotifyState(path: string): Promise<NotifyState> {
  try {
    return parseState(await readFile(path, 'utf8'));
  } catch {
    return EMPTY;
  }
}

async function save(
  path: string,
  state: NotifyState,
  onProblem: (problem: string) => void,
): Promise<NotifyState | null> {
  try {
    await atomicWrite(path, `${JSON.stringify(state)}\n`);
    return null;
  } catch (error) {
    onProblem(
      `${path} cannot be written, so after a restart things may be told again: ${errorMessage(error)}`,
    );
    return state;
  }
}
