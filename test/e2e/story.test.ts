// The story that the product promises, told once from the beginning to the end on one control plane.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flipFile } from '../support/e2e-damage.js';
import { gitFiles, gitListing, git } from '../support/e2e-git.js';
import { nxs } from '../support/e2e-cli.js';
import { digests, fill, filesIn } from '../support/e2e-place.js';
import { onCluster } from '../support/temporal-cluster.js';
import { isAlive, startPlane, type Plane } from '../support/temporal-e2e.js';
import { seeded } from '../support/e2e-random.js';
import { until } from '../support/until.js';
import { openToOthers } from '../support/open-to-others.js';

let plane: Plane;
let begun: number;
beforeAll(async () => {
  begun = performance.now();
  plane = await startPlane();
  await plane.ready();
}, 90_000);
afterAll(() => plane.dispose());

const data = (path: string) => join(plane.place.dataDir, path);

describe('from a start in an empty home', () => {
  it('the first backup is green within a minute of being ready, of starter files that it announced', async () => {
    const ready = performance.now();
    await until(() => /^green: backup of 5 files to local: 5 verified, 5 new$/m.test(plane.output()), 60_000);
    expect(performance.now() - ready).toBeLessThan(60_000);
    expect(ready - begun).toBeLessThan(60_000);
    expect(plane.output()).toContain('5 starter files were written there');
    await until(() => plane.output().includes('on the same disk as the data'));
    const stored = gitFiles(plane.place.store) as Map<string, Buffer>;
    expect(digests(stored)).toEqual(digests(await filesIn(plane.place.dataDir)));
    const verified = await plane.nxs('backup', 'verify', '--full', '--json');
    expect([verified.code, verified.json()['green']]).toEqual([0, true]);
    expect((await plane.nxs('status')).code).toBe(0);
  }, 90_000);

  it('a flipped byte is named by verify --full with exit 1, and the next run says HEALED', async () => {
    // No regular text: in a repetition a flipped bit can stand for the same bytes.
    const bytes = seeded(1).bytes(20_000);
    await writeFile(data('memory/flip.md'), bytes);
    expect((await plane.nxs('backup', 'run')).code).toBe(0);
    flipFile(plane.place.store, 'memory/flip.md');
    const seen = await plane.nxs('backup', 'verify', '--full');
    expect(seen.code).toBe(1);
    expect(seen.stdout).toContain('memory/flip.md');
    const healed = await plane.nxs('backup', 'run');
    expect(healed.code).toBe(0);
    expect(healed.stdout).toMatch(/1 healed/);
    const status = await plane.nxs('backup', 'status', '--files');
    expect(status.stdout).toMatch(/HEALED .*memory\/flip\.md/);
    expect((await plane.nxs('backup', 'verify', '--full')).code).toBe(0);
    expect(gitFiles(plane.place.store)?.get('memory/flip.md')?.equals(bytes)).toBe(true);
  }, 90_000);

  it('a restore elsewhere gives identical bytes, and a dry run writes nothing', async () => {
    await plane.nxs('backup', 'run');
    const to = join(plane.place.root, 'elsewhere');
    const dry = await plane.nxs('backup', 'restore', '--dry-run', '--to', to, '--json');
    expect(dry.json()).toMatchObject({ dryRun: true, undo: null });
    expect(existsSync(to)).toBe(false);
    const restored = await plane.nxs('backup', 'restore', '--to', to, '--json');
    expect(restored.code, restored.stderr).toBe(0);
    expect(digests(await filesIn(to))).toEqual(digests(await filesIn(plane.place.dataDir)));
  }, 60_000);

  it('one file comes back as it was at a commit, and --undo takes that back', async () => {
    await writeFile(data('memory/note.md'), 'first');
    const first = (await plane.nxs('backup', 'run', '--json')).json() as {
      destinations: { commit: string }[];
    };
    await writeFile(data('memory/note.md'), 'second');
    await plane.nxs('backup', 'run');
    const commit = first.destinations[0]?.commit ?? '';
    const back = await plane.nxs('backup', 'restore', '--at', commit, 'memory/note.md', '--json');
    expect(back.json()).toMatchObject({ restored: 1 });
    expect(await readFile(data('memory/note.md'), 'utf8')).toBe('first');
    const undone = await plane.nxs('backup', 'restore', '--undo', '--json');
    expect(undone.code, undone.stdout).toBe(0);
    expect(await readFile(data('memory/note.md'), 'utf8')).toBe('second');
    const never = await plane.nxs('backup', 'restore', '--at', '1999-01-01', '--json');
    expect([never.code, JSON.stringify(never.json())]).toEqual([
      1,
      expect.stringContaining('1999-01-01') as string,
    ]);
    const today = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    expect((await plane.nxs('backup', 'restore', '--at', today, '--dry-run')).code).toBe(0);
  }, 90_000);

  it('a mass deletion is held with exit 1, changes nothing, and passes once with its token', async () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`tasks/${n}`, `task ${n}`]));
    await fill(plane.place.dataDir, many);
    expect((await plane.nxs('backup', 'run')).code).toBe(0);
    const before = git(plane.place.store, ['rev-parse', 'main'])?.toString();
    for (const path of Object.keys(many)) await unlink(data(path));
    const held = await plane.nxs('backup', 'run', '--json');
    expect(held.code).toBe(1);
    const record = held.json() as { outcome: string; held: { token: string; missing: number } };
    expect(record).toMatchObject({ outcome: 'held', held: { missing: 20 } });
    expect(git(plane.place.store, ['rev-parse', 'main'])?.toString()).toBe(before);
    expect((await plane.nxs('backup', 'status')).code).toBe(1);
    expect((await plane.nxs('backup', 'run', '--confirm', 'wrong')).code).toBe(1);
    const passed = await plane.nxs('backup', 'run', '--confirm', record.held.token);
    expect(passed.code, passed.stdout).toBe(0);
    expect(gitListing(plane.place.store)?.has('tasks/3')).toBe(false);
    expect((await plane.nxs('backup', 'status')).code).toBe(0);
  }, 90_000);

  it('a data directory that vanished fails the run in a sentence and deletes nothing', async () => {
    const away = `${plane.place.dataDir}.away`;
    const before = gitListing(plane.place.store);
    await rename(plane.place.dataDir, away);
    const run = await plane.nxs('backup', 'run');
    expect(run.code).toBe(1);
    expect(run.stdout).toContain(plane.place.dataDir);
    expect(gitListing(plane.place.store)).toEqual(before);
    await rename(away, plane.place.dataDir);
    expect((await plane.nxs('backup', 'run')).code).toBe(0);
  }, 60_000);

  it('prints a link that opens the run in the web UI', async () => {
    const run = await plane.nxs('backup', 'run', '--json');
    const { link, workflow_id: id } = run.json() as { link: string; workflow_id: string };
    expect(link).toContain(encodeURIComponent(id));
    expect(run.stderr).toContain(link);
    // A cluster has its web UI elsewhere, or none.
    if (!onCluster) expect((await fetch(link)).status).toBe(200);
  }, 30_000);

  it('its journal holds what happened, chained', async () => {
    const verified = await plane.nxs('journal', 'verify', '--json');
    expect(verified.json()).toMatchObject({ ok: true, breaks: [] });
    const shown = JSON.parse((await plane.nxs('journal', 'show', '--last', '500', '--json')).stdout) as {
      type: string;
    }[];
    expect(new Set(shown.map(({ type }) => type))).toContain('backup.finished');
    const day =
      readdirSync(join(plane.place.stateDir, 'journal')).find((name) => name.endsWith('.ndjson')) ?? '';
    expect(statSync(join(plane.place.stateDir, 'journal', day)).mode & 0o077).toBe(0);
  }, 30_000);

  it('SIGTERM ends it with 0, nothing is left, and --offline still restores', async () => {
    const run = await plane.run();
    expect(await plane.stop()).toBe(0);
    for (const pid of [run.pid, run.pids.worker, run.pids.temporal]) expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(plane.place.stateDir, 'run.json'))).toBe(false);
    // After all of this story: nothing in the state directory is anybody else's to read.
    expect(openToOthers(plane.place.stateDir)).toEqual([]);
    expect(existsSync(join(plane.place.stateDir, 'lock'))).toBe(false);
    expect((await nxs(['backup', 'run'], plane.env)).code).toBe(3);
    expect((await nxs(['temporal', '--version'], plane.env)).stdout).toContain('temporal version');
    const kept = await filesIn(plane.place.dataDir);
    await rm(plane.place.dataDir, { recursive: true });
    await mkdir(plane.place.dataDir);
    const restored = await nxs(['backup', 'restore', '--offline', '--json'], plane.env);
    expect(restored.code, restored.stderr).toBe(0);
    expect(restored.json()).toMatchObject({ restored: kept.size, link: null });
    expect(digests(await filesIn(plane.place.dataDir))).toEqual(digests(kept));
    // A lost machine: the destination is all that there is.
    const state = join(plane.place.root, 'new-state');
    await mkdir(join(plane.place.root, 'c2'));
    await writeFile(
      join(plane.place.root, 'c2/backup-manifest.yaml'),
      `backup:\n  destinations: [{ name: old, type: git, path: "${plane.place.store}" }]\n  files: [{ local: "**", remote: "./" }]\n`,
    );
    const env = { ...plane.env, NXS_STATE_DIR: state, NXS_CONFIG_DIR: join(plane.place.root, 'c2') };
    const to = join(plane.place.root, 'new-machine');
    expect((await nxs(['backup', 'restore', '--offline', '--to', to], env)).code).toBe(0);
    expect(digests(await filesIn(to))).toEqual(digests(kept));
    // On a cluster a command waits half a minute for a worker.
  }, 120_000);
});
