import { chmodSync, closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

// Written synchronously: few lines, and the last ones before a crash are the ones that matter. A full disk
// must not take the process down with its log, so a line that cannot be written is dropped.

export interface RotatingLog {
  write(text: string | Uint8Array): void;
  close(): void;
}

export interface RotationOptions {
  /** Bytes per file. */
  readonly size?: number;
  /** Files kept beside the current one: `<path>.1` is the newest. */
  readonly keep?: number;
}

/** An owner-only log file that never grows beyond (`keep` + 1) times `size`. */
export function openRotatingLog(path: string, options: RotationOptions = {}): RotatingLog {
  const { size = 4 * 1024 * 1024, keep = 2 } = options;
  let file: OpenFile | null = openLog(path);
  return {
    write(text) {
      if (file === null) return;
      const chunk = typeof text === 'string' ? Buffer.from(text) : text;
      try {
        if (file.bytes > 0 && file.bytes + chunk.length > size) {
          const full = file.fd;
          shift(path, keep);
          file = openLog(path);
          closeSync(full);
        }
        file.bytes += writeSync(file.fd, chunk);
      } catch {
        return;
      }
    },
    close() {
      if (file !== null) closeSync(file.fd);
      file = null;
    },
  };
}

interface OpenFile {
  readonly fd: number;
  bytes: number;
}

function openLog(path: string): OpenFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fd = openSync(path, 'a', 0o600);
  chmodSync(path, 0o600);
  return { fd, bytes: fstatSync(fd).size };
}

function shift(path: string, keep: number): void {
  rmSync(`${path}.${keep}`, { force: true });
  for (let index = keep; index >= 1; index--) {
    try {
      renameSync(index === 1 ? path : `${path}.${index - 1}`, `${path}.${index}`);
    } catch {
      // The first rotations have fewer files than are kept.
    }
  }
}
