import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commandLine, identify, isAlive } from '../adapters/files/process-identity.js';

// A supervisor that was killed leaves its engine running. A second server on the same SQLite file would
// corrupt it, so the old one has to go first. It is found by its command line, which carries the path of
// our state, and not by a noted pid: that one may be another program by now, or was never written down.

const TERM_PATIENCE_MS = 5000;
const POLL_MS = 50;

/** Ends every process (except this one) whose command line holds all of `marks` (whole arguments). Returns their pids. */
export async function endOrphans(marks: readonly string[]): Promise<readonly number[]> {
  const pids: number[] = [];
  for (const pid of await processes()) {
    if (pid === process.pid) continue;
    // With the blank, since `/state/a` must not match `/state/ab`.
    const line = `${await commandLine(pid)} `;
    if (marks.every((mark) => line.includes(`${mark} `))) pids.push(pid);
  }
  await Promise.all(pids.map(end));
  return pids;
}

async function end(pid: number): Promise<void> {
  const identity = await identify(pid);
  if (identity === null) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!send(pid, signal)) return;
    const deadline = performance.now() + TERM_PATIENCE_MS;
    while (performance.now() < deadline) {
      if (!(await isAlive(identity))) return;
      await sleep(POLL_MS);
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function processes(): Promise<readonly number[]> {
  if (process.platform === 'linux')
    return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=']).catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
}
