// Hints that something changed in the data directory. One watch a directory: Node's recursive mode is emulated on Linux, with a
// watch for every file. A hint that is missed costs nothing but time: the periodic scan is what counts.
import { watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlwaysOut } from '../../domain/backup/select.js';
import { errnoOf, errorMessage } from '../../domain/errors.js';

export interface WatchOptions {
  readonly root: string;
  /** Is the path shared? */
  readonly covered: (path: string) => boolean;
  /** True for a file that is as we left it. */
  readonly known: (path: string) => boolean;
  /** ms without a further hint before `onChange`. */
  readonly settle: number;
  readonly onChange: () => void;
  /** One sentence, once: hints are incomplete from now on. */
  readonly onTrouble: (sentence: string) => void;
}

/** Longest wait for a pause, in settle times: somebody who writes all the time must not keep the others waiting. */
const MOST_WAITS = 5;

/** Watches until it is closed. Never keeps the process alive. */
export function watchDirectory(options: WatchOptions): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  let closed = false;
  let troubled = false;
  let timer: NodeJS.Timeout | null = null;
  let since: number | null = null;

  const trouble = (error: unknown): void => {
    if (troubled || closed) return;
    troubled = true;
    const limit = errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EMFILE';
    const how = limit ? 'the limit of watches is reached (fs.inotify.max_user_watches)' : errorMessage(error);
    options.onTrouble(
      `not every directory of ${options.root} is watched: ${how}; changes there are found by the periodic cycle`,
    );
  };

  const hint = (): void => {
    const now = performance.now();
    since ??= now;
    if (timer !== null) clearTimeout(timer);
    const wait = Math.max(0, Math.min(options.settle, since + options.settle * MOST_WAITS - now));
    timer = setTimeout(() => {
      timer = null;
      since = null;
      options.onChange();
    }, wait);
    timer.unref();
  };

  const forget = (dir: string): void => {
    watchers.get(dir)?.close();
    watchers.delete(dir);
  };

  /** Watches a directory and all below it; `news`: what is found in it is new. */
  const add = async (dir: string, news: boolean): Promise<void> => {
    if (closed || watchers.has(dir) || isAlwaysOut(dir)) return;
    try {
      const watcher = watch(join(options.root, dir), { persistent: false }, (_event, name) =>
        heard(dir, name),
      );
      watcher.on('error', () => forget(dir));
      watchers.set(dir, watcher);
      for (const item of await readdir(join(options.root, dir), { withFileTypes: true })) {
        const path = dir === '' ? item.name : `${dir}/${item.name}`;
        if (item.isDirectory()) await add(path, news);
        else if (news) found(path);
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') forget(dir);
      else trouble(error);
    }
  };

  const found = (path: string): void => {
    if (!isAlwaysOut(path) && options.covered(path.normalize('NFC')) && !options.known(path)) hint();
  };

  const heard = (dir: string, name: string | null): void => {
    if (closed) return;
    if (name === null) {
      hint();
      return;
    }
    const path = dir === '' ? name : `${dir}/${name}`;
    if (isAlwaysOut(path)) return;
    found(path);
    // A directory that went took its files with it; one that came may have brought some.
    if (watchers.has(path)) {
      forget(path);
      hint();
    }
    void add(path, true);
  };

  void add('', false);
  return {
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      for (const dir of [...watchers.keys()]) forget(dir);
    },
  };
}
