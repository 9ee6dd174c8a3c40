// Every process of a group: started in a process group of its own, and found again by the group's directory in its environment or
// command line, also when its parent died without ending it (what a healing command had started, an engine whose supervisor was killed).
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../scenario.js';

export interface SpawnOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where its output goes, appended. */
  readonly log: string;
  readonly cwd: string;
}

export interface Processes {
  /** Throws when there is no such program, or when it is over. */
  spawn(options: SpawnOptions): Promise<Child>;
  /** Kills all that was started here and all that has to do with the directory; nothing is started any more. */
  end(): Promise<void>;
  /** The same without waiting, for the way out of this process. */
  readonly kill: () => void;
}

/** How long `end` looks for what is left, ms. */
const PATIENCE_MS = 10_000;

export function openProcesses(dir: string): Processes {
  const groups = new Set<number>();
  let over = false;
  // A function, since it changes behind every await.
  const isOver = () => over;

  function kill(): number {
    over = true;
    for (const pid of groups) killGroup(pid, 'SIGKILL');
    groups.clear();
    return killMarked(dir);
  }

  return {
    async spawn({ command, env, log, cwd }) {
      const [program, ...args] = command;
      if (program === undefined) throw new Error('a command has at least one word');
      await mkdir(dirname(log), { recursive: true, mode: 0o700 });
      if (isOver()) throw new Error('the drill is over');
      const file = openSync(log, 'a', 0o600);
      try {
        const child = spawn(program, args, { cwd, env, stdio: ['ignore', file, file], detached: true });
        await new Promise<void>((resolve, reject) => {
          child.once('spawn', resolve);
          child.once('error', reject);
        });
        const pid = child.pid ?? 0;
        groups.add(pid);
        if (isOver()) killGroup(pid, 'SIGKILL');
        const ended = new Promise<void>((resolve) => {
          child.once('exit', () => {
            // What it had started may go on in its group.
            if (!killGroup(pid, 0)) groups.delete(pid);
            resolve();
          });
        });
        return { pid, kill: (signal) => void killGroup(pid, signal), ended };
      } finally {
        closeSync(file);
      }
    },
    async end() {
      const deadline = performance.now() + PATIENCE_MS;
      while (kill() > 0 && performance.now() < deadline) await sleep(50);
    },
    kill: () => void kill(),
  };
}

/** False when nobody is left in the group that `pid` leads. */
export function killGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** How many there were. */
function killMarked(dir: string): number {
  const marked = marksOf(`${dir}/`);
  for (const pid of marked) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
  return marked.length;
}

// The directory's name is random, so that no process of somebody else can hold it by chance.
function marksOf(mark: string): readonly number[] {
  return processes()
    .filter(({ pid, words }) => pid !== process.pid && words().includes(mark))
    .map(({ pid }) => pid);
}

interface Running {
  readonly pid: number;
  /** Command line, and where /proc is (Linux) the environment. */
  readonly words: () => string;
}

function processes(): readonly Running[] {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({
        pid: Number(name),
        words: () => procText(name, 'environ') + procText(name, 'cmdline'),
      }));
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' });
  return stdout.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), words: () => line }));
}

/** '' when it is somebody else's, or gone. */
function procText(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
