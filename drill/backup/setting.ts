// One node whose files go to two places: a repository on a disk, and one behind a server that asks for a token.
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { JournalEvent } from '../../domain/journal.js';
import { lookFor } from '../healing/look.js';
import { distDirectory } from '../../workers/dist-paths.js';
import type { Kit, Plane } from '../scenario.js';
import { REPOSITORY } from './github-objects.js';
import { fileIn, git } from './plain-git.js';

export interface BackupSetting {
  readonly kit: Kit;
  readonly plane: Plane;
  /** Bare repositories, by the name of their destination. */
  readonly disk: string;
  readonly server: {
    readonly dir: string;
    readonly url: string;
    readonly token: string;
    readonly tokens: string;
  };
}

/** ms a backup may take here, its verification and what it heals included. */
export const RUN_WITHIN = 45_000;

export async function openSetting(kit: Kit): Promise<BackupSetting> {
  const disk = join(kit.dir, 'disk.git');
  const server = await startServer(kit);
  const [owner, repo] = REPOSITORY.split('/');
  const pace = { interval: '0s', per_minute: 100_000, per_hour: 1_000_000 };
  const backup = {
    every: '1h',
    destinations: [
      { name: 'disk', type: 'git', path: disk },
      { name: 'server', type: 'github', owner, repo, token: '${DRILL_TOKEN}', base_url: server.url, pace },
    ],
    files: [{ local: '**', remote: './' }],
    // One look reads everything.
    verify: { every: '1h', within: '1h' },
  };
  const plane = await kit.plane({
    node: 'vault',
    config: { 'backup-manifest.yaml': { backup } },
    files: someFiles(kit),
    env: { DRILL_TOKEN: server.token },
  });
  return { kit, plane, disk, server };
}

/** Texts without repetition, so that a flipped bit is always another text. */
function someFiles(kit: Kit): Readonly<Record<string, string>> {
  const text = () => Array.from({ length: 60 }, () => kit.random().toString(36)).join('\n');
  const names = ['MEMORY.md', 'DECISION-LOG.md', 'memory/a.md', 'memory/b.md', 'memory/c.md', 'tasks/one.md'];
  return Object.fromEntries(names.map((name) => [name, `# ${name}\n${text()}\n`]));
}

export async function startServer(kit: Kit): Promise<BackupSetting['server']> {
  const dir = join(kit.dir, 'server.git');
  const tokens = join(kit.dir, 'tokens');
  const token = randomBytes(18).toString('base64url');
  await git(dir, ['init', '-q', '--bare', '-b', 'main']);
  // It is there and has a first commit, as one that was made by hand on the web.
  const tree = await git(dir, ['mktree']);
  await git(dir, ['update-ref', 'refs/heads/main', await git(dir, ['commit-tree', tree, '-m', 'Begin'])]);
  await writeFile(tokens, token, { mode: 0o600 });
  const port = await kit.port();
  const program = join(distDirectory(), 'drill', 'backup', 'git-server.js');
  await kit.spawn('server', [process.execPath, program, String(port), dir, tokens]);
  const url = `http://127.0.0.1:${String(port)}`;
  const server = { dir, url, token, tokens };
  if ((await lookFor(10_000, () => askServer(server).catch(() => null))) === null)
    throw new Error('the stand-in of the server does not answer');
  return server;
}

/** HTTP status of a question with the token that the node has, asked by the drill itself. */
export async function askServer({
  url,
  token,
}: Pick<BackupSetting['server'], 'url' | 'token'>): Promise<number> {
  const headers = { authorization: `token ${token}` };
  return (await fetch(`${url}/repos/${REPOSITORY}`, { headers })).status;
}

/** Files of the data directory that a branch does not hold byte by byte, read by git alone. */
export async function notHeld(plane: Plane, dir: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const [path, bytes] of await filesOf(plane))
    if ((await fileIn(dir, path))?.equals(bytes) !== true) missing.push(path);
  return missing;
}

/** The user's files with their bytes; what sync keeps there is none. */
export async function filesOf({ dataDir }: Plane): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !entry.name.startsWith('.nxs'))
      files.set(relative(dataDir, path), await readFile(path));
  }
  return files;
}

/** Every file lies in both places, by git's own word, and the first run is over: it would mend what is harmed before its end, as its own. */
export async function steady({ plane, disk, server }: BackupSetting): Promise<string | null> {
  const look = async () => {
    const missing = await Promise.all([notHeld(plane, disk), notHeld(plane, server.dir)]);
    return missing.flat();
  };
  let last: readonly string[] = [];
  const ended = async () => (await plane.journal(['backup.finished'])).length > 0;
  if ((await lookFor(RUN_WITHIN, ended)) === null) return 'the first backup does not end';
  const well = await lookFor(RUN_WITHIN, async () => (last = await look()).length === 0);
  return well === null ? `not backed up everywhere: ${last.join(', ')}` : null;
}

/** The first event of a type at or after a time that fits. */
export async function eventAfter(
  plane: Plane,
  type: string,
  since: number,
  fits: (data: JournalEvent['data']) => boolean = () => true,
): Promise<{ readonly at: number; readonly data: JournalEvent['data'] } | null> {
  const events = await plane.journal([type]);
  const found = events.find(({ at, data }) => Date.parse(at) >= since && fits(data));
  return found === undefined ? null : { at: Date.parse(found.at), data: found.data };
}
