// Small and read-only file systems for the faults that modes cannot make for root. Linux, as root; otherwise skipped.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Null when mounts can be made here, else the reason why not. */
export const WITHOUT_MOUNTS: string | null = whyNot();

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, to mount small file systems';
  const dir = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    mountTmpfs(dir, '1m');
    unmount(dir);
    return null;
  } catch {
    return 'mounting is not allowed here';
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A file system of its own with this much room ('4m'). */
export function mountTmpfs(dir: string, size: string): void {
  mkdirSync(dir, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dir], { stdio: 'pipe' });
}

/** More room, or less. */
export function resizeTmpfs(dir: string, size: string): void {
  execFileSync('mount', ['-o', `remount,size=${size}`, dir], { stdio: 'pipe' });
}

/** The directory as it is, but nobody may write in it. */
export function mountReadOnly(dir: string): void {
  execFileSync('mount', ['--bind', dir, dir], { stdio: 'pipe' });
  execFileSync('mount', ['-o', 'remount,bind,ro', dir], { stdio: 'pipe' });
}

export function unmount(dir: string): void {
  execFileSync('umount', ['-l', dir], { stdio: 'pipe' });
}
