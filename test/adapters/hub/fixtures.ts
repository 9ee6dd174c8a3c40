// Real repositories in scratch directories, and hubs over them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openHub } from '../../../adapters/hub/open-hub.js';
import type { HubSettings } from '../../../adapters/hub/place.js';
import type { Version } from '../../../domain/sync/model.js';
import type { Hub } from '../../../domain/sync/ports.js';

/** A scratch directory that is gone when the test is over. */
export function scratch(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'nxs-hub-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Git as a person has it, without anybody's configuration. */
export function git(cwd: string, ...args: string[]): string {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'p',
    GIT_AUTHOR_EMAIL: 'p@example.org',
    GIT_COMMITTER_NAME: 'p',
    GIT_COMMITTER_EMAIL: 'p@example.org',
  };
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** An empty bare repository. */
export function bare(): string {
  const dir = path.join(scratch(), 'hub.git');
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', dir]);
  return dir;
}

/** A node's hub, ready. */
export async function hubAt(remote: string | null, more: Partial<HubSettings> = {}): Promise<Hub> {
  const settings = { sshKey: null, token: null, knownHosts: 'strict' as const, branch: 'main' };
  const hub = openHub({ dir: scratch(), remote, ...settings, ...more });
  await hub.prepare();
  return hub;
}

/** Commits these files over `basis`; null deletes. */
export async function commit(
  hub: Hub,
  basis: string | null,
  files: Readonly<Record<string, string | null>>,
  message = 'a change',
): Promise<string> {
  const changes = new Map<string, Pick<Version, 'oid' | 'mode'> | null>();
  for (const [name, content] of Object.entries(files)) {
    const oid = content === null ? null : await hub.put(Buffer.from(content));
    changes.set(name, oid === null ? null : { oid, mode: '100644' });
  }
  const parents = basis === null ? [] : [basis];
  return hub.commit({ basis, changes, parents, message, at: '2026-03-01T10:00:00Z', author: 'n1' }, null);
}

/** Path -> content of a commit, as the hub lists and reads it. */
export async function contents(hub: Hub, at: string): Promise<Record<string, string>> {
  const entries = await hub.list(at);
  const read = await hub.read(entries.filter(({ size }) => size !== null).map(({ oid }) => oid));
  return Object.fromEntries(
    entries.map(({ path: name, oid }) => [name, Buffer.from(read.get(oid) ?? []).toString()]),
  );
}
