// What a person without us would do: add, commit, push to a bare repository, and clone it to look.
import path from 'node:path';
import { run } from '../measure/run.js';
import type { Scratch } from './scratch.js';

export interface GitPeer {
  /** add + commit + push, ms. */
  first(): Promise<number>;
  /** The same with nothing changed, ms. */
  unchanged(): Promise<number>;
  /** A fresh clone and `sha256sum` of every file, ms. `local` hard-links the packs, unread; `no-local` transfers them. */
  check(how: 'local' | 'no-local'): Promise<number>;
}

/** A repository beside `work` and a bare one, both new; making them is not timed. */
export async function openGitPeer(scratch: Scratch, work: string): Promise<GitPeer> {
  const dir = scratch.dir('git');
  const bare = path.join(dir, 'remote.git');
  const env = { ...scratch.env, GIT_DIR: path.join(dir, 'local.git'), GIT_WORK_TREE: work };
  const git = (...args: string[]) => run('git', args, { cwd: work, env });
  await run('git', ['init', '-q', '--bare', '-b', 'main', bare], { cwd: dir, env: scratch.env });
  await git('init', '-q', '-b', 'main');
  await git('remote', 'add', 'origin', bare);
  // One shell, so that git pays for no process start of the bench's; a commit without changes ends with 1.
  const script = 'git add -A && { git commit -q -m backup >/dev/null || true; } && git push -q origin main';
  const backUp = async () => (await run('sh', ['-c', script], { cwd: work, env })).ms;
  let clones = 0;
  return {
    first: backUp,
    unchanged: backUp,
    async check(how) {
      clones += 1;
      const clone = path.join(dir, `clone-${clones}`);
      const look = `git clone -q --${how} "$1" "$2" && cd "$2" && git ls-files -z | xargs -0 sha256sum >/dev/null`;
      return (await run('sh', ['-c', look, 'sh', bare, clone], { cwd: dir, env: scratch.env })).ms;
    },
  };
}
