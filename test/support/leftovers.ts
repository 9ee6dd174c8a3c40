// Best effort, and on Linux only (it reads /proc): children of this process, and any process that carries the
// file's mark in its environment, which also finds grandchildren whose parent has died. A process that was started
// with an environment of its own and then lost its parent is not seen.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 3_000;
const POLL_MS = 50;

interface Found {
  readonly pid: number;
  readonly command: string;
}

/**
 * Waits up to 3 s for the children to be gone, kills the rest and names them.
 * @param mark value of NXS_TEST_MARK in the environment of the file's processes
 */
export async function endLeftovers(mark: string): Promise<readonly string[]> {
  if (!existsSync('/proc/self/stat')) return [];
  const deadline = Date.now() + GRACE_MS;
  let found = findLeftovers(mark);
  while (found.length > 0 && Date.now() < deadline) {
    await sleep(POLL_MS);
    found = findLeftovers(mark);
  }
  for (const { pid } of found) kill(pid);
  return found.map(({ pid, command }) => `${String(pid)} ${command}`);
}

function findLeftovers(mark: string): readonly Found[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) => pid !== process.pid && isLive(pid) && (parentOf(pid) === process.pid || isMarked(pid, mark)),
    )
    .map((pid) => ({ pid, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 160) }));
}

// Fields after the parenthesised name, which may itself hold spaces: state, parent, …
function fields(pid: number): readonly string[] {
  const stat = read(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isLive(pid: number): boolean {
  const state = fields(pid)[0] ?? '';
  return state !== '' && state !== 'Z' && state !== 'X';
}

function parentOf(pid: number): number {
  return Number(fields(pid)[1]);
}

function isMarked(pid: number, mark: string): boolean {
  return read(pid, 'environ').split('\0').includes(`NXS_TEST_MARK=${mark}`);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between the look and the kill.
  }
}
