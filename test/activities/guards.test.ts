// What reviewers and strangers got through the first version with: each stays closed.
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { doubtOf } from '../../activities/backup/plan.js';
import { chooseFiles } from '../../activities/backup/choose.js';
import { trustedBook } from '../../activities/backup/remote.js';
import type { BackupPorts } from '../../activities/backup/ports.js';
import type { ProofBook } from '../../domain/backup/local-ports.js';
import type { Destination } from '../../domain/backup/ports.js';
import { isTooOld } from '../../domain/backup/proof.js';
import { loadConfig } from '../../config/load.js';
import { planBackup } from '../../activities/backup/plan.js';
import { publishBackup } from '../../activities/backup/publish.js';
import { verifyBackup } from '../../activities/backup/verify.js';
import { backupPorts, SILENT } from '../../workers/backup-parts.js';
import { standing } from '../../workers/offline.js';
import { gitFiles } from '../support/e2e-git.js';
import { tmpdir } from 'node:os';

const task = standing(() => undefined);

async function place(): Promise<{ root: string; data: string; store: string; ports: BackupPorts }> {
  const root = await mkdtemp(path.join(tmpdir(), 'nxs-guards-'));
  const data = path.join(root, 'data');
  await mkdir(path.join(data, 'memory'), { recursive: true });
  await writeFile(path.join(data, 'memory', 'a.md'), 'alpha');
  const env = {
    PATH: process.env['PATH'],
    NXS_STATE_DIR: path.join(root, 'state'),
    NXS_DATA_DIR: data,
    NXS_NODE: 'n',
  };
  const ports = backupPorts(await loadConfig({ env, homedir: root }), SILENT);
  return { root, data, store: path.join(root, 'state', 'backup.git'), ports };
}

async function run(ports: BackupPorts, name: string, confirm: string | null = null) {
  const plan = await planBackup(ports, { run: name, confirm }, task);
  const [destination] = plan.destinations;
  if (destination?.state !== 'ready')
    return { state: destination?.state, note: destination?.note, counts: {} };
  await publishBackup(ports, { run: name, destination: 'local' }, task);
  const { counts } = await verifyBackup(ports, { run: name, destination: 'local', round: 0 }, task);
  return { state: 'ready', note: null, counts };
}

describe('a destination that held backups and is gone', () => {
  it('fails with a sentence instead of being made anew, until a person confirms', async () => {
    const { ports, store } = await place();
    expect((await run(ports, 'r1')).counts).toEqual({ VERIFIED: 1 });
    await rename(store, `${store}.unmounted`);
    const gone = await run(ports, 'r2');
    expect(gone).toMatchObject({ state: 'failed' });
    expect(gone.note).toMatch(/nothing is there now; is its disk mounted\?/);
    const token = /--confirm (\S+)/.exec(gone.note ?? '')?.[1] ?? '';
    expect((await run(ports, 'r3', token)).counts).toEqual({ VERIFIED: 1 });
  });

  it('is simply used again when it comes back', async () => {
    const { ports, store } = await place();
    await run(ports, 'r1');
    await rename(store, `${store}.unmounted`);
    await run(ports, 'r2');
    await rename(`${store}.unmounted`, store);
    expect((await run(ports, 'r3')).counts).toEqual({ VERIFIED: 1 });
  });
});

describe('a proof book', () => {
  const book: ProofBook = {
    node: 'n',
    prefix: '',
    commit: 'c',
    manifest: 'm',
    witness: 'w',
    provedAt: 1,
    files: [{ local: 'a', path: 'a', oid: 'o', sha256: 's', size: 1, mode: '100644', verifiedAt: 5 }],
  };
  const believed = async (saved: string | null, now: string | null, at = ''): Promise<unknown> => {
    const state = { loadProofs: () => Promise.resolve({ ...book, witness: saved }) };
    const ports = { state } as unknown as BackupPorts;
    const store = { name: 'x', prefix: at, witness: () => Promise.resolve(now) } as unknown as Destination;
    return (await trustedBook(ports, store))?.files[0]?.verifiedAt;
  };

  it('is believed only while the store is exactly as we left it', async () => {
    expect(await believed('w', 'w')).toBe(5);
    expect(await believed('w', 'other')).toBeNull();
    expect(await believed('w', null)).toBeNull();
    expect(await believed(null, null)).toBeNull();
    expect(await believed(null, 'w')).toBeNull();
  });

  it('proves nothing of another subtree of the same store', async () => {
    expect(await believed('w', 'w', 'b/')).toBeNull();
  });

  it('is too old when its stamp lies in the future', () => {
    expect(isTooOld(1_000_000, 500_000, 60_000)).toBe(true);
    expect(isTooOld(500_000, 510_000, 60_000)).toBe(false);
    expect(isTooOld(null, 0, 60_000)).toBe(true);
  });
});

/** The same store with the prefix b, by a state directory and a name that are given. */
async function underPrefix(root: string, store: string, state: string, node: string): Promise<BackupPorts> {
  const dir = path.join(root, 'cfg');
  await mkdir(dir);
  await writeFile(
    path.join(dir, 'backup-manifest.yaml'),
    `backup:\n  destinations:\n    - { name: local, type: git, path: "${store}", prefix: b }\n  files:\n    - { local: "memory/**", remote: "memory/" }\n`,
  );
  const env = {
    PATH: process.env['PATH'],
    NXS_STATE_DIR: path.join(root, state),
    NXS_DATA_DIR: path.join(root, 'data'),
    NXS_NODE: node,
  };
  return backupPorts(await loadConfig({ env, homedir: root, dir }), SILENT);
}

describe('a destination that gets a prefix', () => {
  it('is written under it by the next run, though the same bytes lie outside of it', async () => {
    const { ports, root, store } = await place();
    await run(ports, 'r1');
    const moved = await underPrefix(root, store, 'state', 'n');
    expect((await run(moved, 'r2')).counts).toEqual({ VERIFIED: 1 });
    expect([...(gitFiles(store)?.keys() ?? [])].filter((file) => file.startsWith('b/'))).toContain(
      'b/memory/a.md',
    );
  });

  it('is taken by a node with a new name', async () => {
    const { ports, root, store } = await place();
    await run(ports, 'r1');
    const renamed = await underPrefix(root, store, 'state', 'other');
    expect((await run(renamed, 'r2')).counts).toEqual({ VERIFIED: 1 });
  });
});

describe('two nodes in one store', () => {
  it('a node without a prefix refuses a store that holds another node below it', async () => {
    const { ports, root, store } = await place();
    await run(ports, 'r1');
    const other = await underPrefix(root, store, 'state-b', 'b');
    expect((await run(other, 'b1')).counts).toEqual({ VERIFIED: 1 });
    const mine = await run(ports, 'r2');
    expect(mine).toMatchObject({ state: 'failed' });
    expect(mine.note).toContain('another node');
  });
});

describe('files in doubt', () => {
  const file = (local: string) => ({
    local,
    path: local,
    oid: 'o',
    sha256: 's',
    size: 1,
    mode: '100644' as const,
  });

  it('are those that could not be read and all below a directory that could not', () => {
    const doubt = doubtOf({
      files: [],
      problems: [{ local: 'a/b', path: null, status: 'UNREADABLE', reason: 'x' }],
      uncovered: [],
    });
    expect(['a/b', 'a/b/c', 'a/bc', 'a'].map((local) => doubt(file(local)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('are told apart fast, however many they are', () => {
    const problems = Array.from({ length: 20_000 }, (_, i) => ({
      local: `d/${i}`,
      path: `d/${i}`,
      status: 'UNREADABLE' as const,
      reason: 'x',
    }));
    const doubt = doubtOf({ files: [], problems, uncovered: [] });
    expect(problems.filter(({ local }) => doubt(file(local)))).toHaveLength(20_000);
  });
});

describe('what no rule covers', () => {
  it('does not make a run red when it is a link or a socket, and is listed as not covered', () => {
    const { problems, uncovered } = chooseFiles(
      [
        { kind: 'problem', path: 'venv/python', status: 'REFUSED', reason: 'a link' },
        { kind: 'problem', path: 'memory/link', status: 'REFUSED', reason: 'a link' },
        { kind: 'problem', path: 'closed', status: 'UNREADABLE', reason: 'EACCES' },
      ],
      {
        node: 'n',
        rules: [{ local: 'memory/**', remote: 'memory/', optional: true }],
        exclude: [],
        maxFileBytes: null,
        starterIds: new Set(),
        recencyLimit: 1,
        verify: { every: 1, within: 1 },
      },
    );
    expect(problems.map(({ local }) => local)).toEqual(['memory/link', 'closed']);
    expect(uncovered).toEqual(['venv/python']);
  });
});

describe('two runs at once', () => {
  it('wait for each other on a destination, and both end proved', async () => {
    const { ports, data } = await place();
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => writeFile(path.join(data, 'memory', `${i}.md`), `text ${i}`)),
    );
    const results = await Promise.all(['p1', 'p2', 'p3'].map((name) => run(ports, name)));
    for (const { counts } of results) expect(counts).toEqual({ VERIFIED: 31 });
  });
});
