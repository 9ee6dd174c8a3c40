// What a process of a drill sees of this machine: its programs, and nothing of the user (no HOME, no git config, no proxy, no key).
import { join } from 'node:path';

/** Variables that are handed on as they are. */
const KEPT = ['PATH', 'LANG', 'LC_ALL', 'TERM', 'NODE_V8_COVERAGE'];

/** A whole environment; HOME, temporary files and XDG directories go below `dir`. */
export function surroundings(dir: string): Record<string, string> {
  const home = join(dir, 'home');
  const kept = KEPT.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    TMPDIR: join(dir, 'tmp'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    TZ: 'UTC',
  };
}

/** The directories that `surroundings` names. */
export function homeDirs(dir: string): readonly string[] {
  return [join(dir, 'home'), join(dir, 'tmp')];
}
