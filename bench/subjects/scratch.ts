import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Scratch {
  readonly root: string;
  /** A new empty directory below it. */
  dir(name: string): string;
  /** Environment in which neither git's nor our own user configuration exists. */
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

/** A directory for one bench; also removed when the process is interrupted. */
export function openScratch(): Scratch {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'nxs-bench-')));
  const remove = () => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  const interrupted = () => {
    // Last of all: the listeners before it kill what still writes there.
    process.once('exit', remove);
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const home = path.join(root, 'home');
  mkdirSync(home);
  let count = 0;
  return {
    root,
    dir(name) {
      count += 1;
      const made = path.join(root, `${name}-${count}`);
      mkdirSync(made);
      return made;
    },
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      LC_ALL: 'C',
      TZ: 'UTC',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'bench',
      GIT_AUTHOR_EMAIL: 'bench@localhost',
      GIT_COMMITTER_NAME: 'bench',
      GIT_COMMITTER_EMAIL: 'bench@localhost',
    },
    remove() {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      remove();
    },
  };
}
