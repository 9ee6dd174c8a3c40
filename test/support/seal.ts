// Every test file runs sealed: no HOME, git config, key, proxy or clock zone of the machine gets in, nothing
// it writes to the temporary directory stays, no connection leaves loopback and no child process is left behind.
// vitest.config.ts loads this before each file, in the process of that file.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { endLeftovers } from './leftovers.js';
import { forbidOutsideConnections, takeViolations } from './network-guard.js';

const KEPT = new Set(['NXS_TEMPORAL_CLI']);
const FOREIGN = /^(GIT_|NXS_(?!TEST_)|XDG_|SSH_|npm_)|(_|^)(TOKEN|KEY|SECRET|PASSWORD|PROXY)$/i;

const scratch = mkdtempSync(join(tmpdir(), 'nxs-'));
const mark = `${process.pid}-${scratch}`;
const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');

for (const name of Object.keys(process.env)) {
  if (FOREIGN.test(name) && !KEPT.has(name)) Reflect.deleteProperty(process.env, name);
}
Object.assign(process.env, {
  HOME: folder('home'),
  TMPDIR: folder('tmp'),
  XDG_CONFIG_HOME: folder('home/.config'),
  XDG_STATE_HOME: folder('home/.local/state'),
  XDG_DATA_HOME: folder('home/.local/share'),
  XDG_CACHE_HOME: folder('home/.cache'),
  XDG_RUNTIME_DIR: folder('run'),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'file',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  // Downloads that tests share (Temporal's binaries) stay in the machine's own cache.
  NXS_TEST_CACHE: process.env['NXS_TEST_CACHE'] ?? join(cache, 'nxs'),
  NXS_TEST_MARK: mark,
});

forbidOutsideConnections();

afterEach(() => {
  const hosts = takeViolations();
  if (hosts.length > 0) throw new Error(`this test connected beyond loopback: ${hosts.join(', ')}`);
});

// Hooks run as a stack, so this one comes after every afterAll of the file itself.
afterAll(async () => {
  const left = await endLeftovers(mark);
  removeScratch();
  if (left.length > 0) throw new Error(`child processes were left behind: ${left.join('; ')}`);
});

// A file whose hooks do not run; vitest ends its processes so that this alone is not enough.
process.once('exit', removeScratch);

function removeScratch(): void {
  try {
    rmSync(scratch, { recursive: true, force: true });
  } catch {
    // A mount, or a process that is still ending: it stays.
  }
}

function folder(name: string): string {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}
