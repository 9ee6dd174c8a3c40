// Two nodes that change a file apart, for real; Temporal's program comes from support/temporal-e2e.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, inject, it } from 'vitest';
import { git } from '../../drill/backup/plain-git.js';
import { openKit, type OpenKit } from '../../drill/kit.js';
import type { Plane } from '../../drill/scenario.js';
import { conflict } from '../../drill/sync/conflict.js';
import { deleteGuard } from '../../drill/sync/delete-guard.js';
import { blobOf, missingIn, openSetting, type SyncSetting } from '../../drill/sync/setting.js';
import { ensureBuilt } from '../support/e2e-cli.js';

let kit: OpenKit | null = null;

beforeAll(ensureBuilt, 120_000);
afterEach(() => kit?.close());

it('a conflict loses nothing, and both nodes see the hub again after it', async () => {
  kit = await openKit({ name: 'sync', program: inject('temporalCli') });
  const setting = await openSetting(kit);
  expect(await conflict.steady(setting)).toBeNull();
  const finding = await conflict.play(setting);
  expect(finding, finding.detail).toMatchObject({ verdict: 'PASS', injected: false, incidents: [] });
  expect(finding.proof).toMatch(/not a git repository.*not a git repository/);
  expect(await conflict.steady(setting)).toBeNull();
}, 150_000);

it('a node that lets a deletion spread fails', async () => {
  kit = await openKit({ name: 'sync', program: process.execPath });
  const hub = join(kit.dir, 'hub.git');
  await git(hub, ['init', '-q', '--bare', '-b', 'main']);
  // One directory for both: what vanishes on one is gone on the other at once, and nobody asks or brings anything back.
  const plane = {
    node: 'both',
    dataDir: join(kit.dir, 'data'),
    nxs: async () => ({ code: 0, json: { state: 'ok', pending: [] }, err: '' }),
    journal: async () => [],
  } as unknown as Plane;
  const setting: SyncSetting = { kit, hub, home: plane, cloud: plane };
  const { verdict, detail } = await deleteGuard.play(setting);
  expect(verdict).toBe('FAIL');
  expect(detail).toMatch(/nobody was asked.*gone on the other node.*gone in the hub.*did not come back/);
  await expect(access(join(plane.dataDir, 'notes/many/0.md'))).rejects.toThrow('ENOENT');
}, 90_000);

it('a version that is nowhere in the history of the hub is missed', async () => {
  kit = await openKit({ name: 'sync', program: process.execPath });
  const hub = join(kit.dir, 'hub.git');
  await git(hub, ['init', '-q', '--bare', '-b', 'main']);
  const oid = await git(hub, ['hash-object', '-w', '--stdin'], { input: 'kept\n' });
  expect(blobOf('kept\n')).toBe(oid);
  const tree = await git(hub, ['mktree'], { input: `100644 blob ${oid}\tx\n` });
  await git(hub, ['update-ref', 'refs/heads/main', await git(hub, ['commit-tree', tree, '-m', 'one'])]);
  // Stored, but reached by nothing.
  await git(hub, ['hash-object', '-w', '--stdin'], { input: 'lost\n' });
  expect(await missingIn(hub, ['kept\n', 'lost\n'])).toEqual(['lost\n']);
});
