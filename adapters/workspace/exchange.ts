// Only an exchange of two names replaces a file without a moment in which it is missing and hands out what really stood
// there. Node does not offer it; the system does, and a small optional library reaches it.
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';

/** Both throw an Error with the system's `code`, and do nothing then. */
export interface Exchange {
  /** Swaps what two names stand for, in one step. */
  swap(a: string, b: string): void;
  /** Renames; EEXIST when `to` is there. */
  moveNew(from: string, to: string): void;
}

/** (from, to, flags) -> 0, or -1 with errno set. */
type Rename = (from: string, to: string, flags: number) => number;

/** The part of koffi that is used; it is optional, so its types may not be there either. */
interface Koffi {
  load(library: null): { func(prototype: string): (...args: (string | number)[]) => number };
  errno(): number;
}

const AT_FDCWD = -100;

// Where the C library is older than the call (musl), by number: asm/unistd.h of each architecture.
const SYSCALL: Readonly<Partial<Record<NodeJS.Architecture, number>>> = {
  x64: 316,
  arm64: 276,
  riscv64: 276,
  loong64: 276,
  arm: 382,
  ia32: 353,
  ppc64: 357,
  s390x: 347,
};

interface Flavour {
  readonly rename: Rename;
  readonly swap: number;
  readonly fresh: number;
}

/** The system's exchange; null where it, or the library that reaches it, is missing. */
export function loadExchange(): Exchange | null {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const flavour = process.platform === 'darwin' ? darwin(koffi) : linux(koffi);
    return flavour === null ? null : exchangeOf(flavour, koffi);
  } catch {
    return null;
  }
}

function linux(koffi: Koffi): Flavour | null {
  if (process.platform !== 'linux') return null;
  return { rename: renameat2(koffi), swap: 2, fresh: 1 };
}

function renameat2(koffi: Koffi): Rename {
  const libc = koffi.load(null);
  try {
    const call = libc.func('int renameat2(int, const char *, int, const char *, unsigned int)');
    return (from, to, flags) => call(AT_FDCWD, from, AT_FDCWD, to, flags);
  } catch (error) {
    const number = SYSCALL[process.arch];
    if (number === undefined) throw error;
    const call = libc.func('long syscall(long, ...)');
    return (from, to, flags) =>
      call(number, 'int', AT_FDCWD, 'str', from, 'int', AT_FDCWD, 'str', to, 'uint', flags);
  }
}

function darwin(koffi: Koffi): Flavour {
  const call = koffi.load(null).func('int renamex_np(const char *, const char *, unsigned int)');
  return { rename: call, swap: 2, fresh: 4 };
}

function exchangeOf({ rename, swap, fresh }: Flavour, koffi: Koffi): Exchange {
  const run = (from: string, to: string, flags: number): void => {
    if (rename(from, to, flags) === 0) return;
    const errno = koffi.errno();
    const code = Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? 'EIO';
    throw Object.assign(new Error(`${code}: rename '${from}' -> '${to}'`), { code, errno });
  };
  return {
    swap: (a, b) => run(a, b, swap),
    moveNew: (from, to) => run(from, to, fresh),
  };
}

/** True when the file system of `dir` really exchanges: some refuse it, and some network ones only say that they did. */
export function exchangesIn(dir: string, exchange: Exchange): boolean {
  const name = `${dir}/probe-${randomUUID()}`;
  const [a, b] = [`${name}.part`, `${name}-2.part`];
  try {
    writeFileSync(a, 'a', { flag: 'wx', mode: 0o600 });
    writeFileSync(b, 'b', { flag: 'wx', mode: 0o600 });
    exchange.swap(a, b);
    return readFileSync(a, 'latin1') === 'b' && readFileSync(b, 'latin1') === 'a';
  } catch {
    return false;
  } finally {
    rmSync(a, { force: true });
    rmSync(b, { force: true });
  }
}
