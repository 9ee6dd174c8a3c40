// Replies that are lost, late, cut short or wrong, and two writers at once. Objects, histories and compare-and-swap are the
// third-party emulator's; every fault here, stale reads, limits of trees and push protection rest on the scripted layer.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  configOf,
  destinations,
  digests,
  fill,
  filesIn,
  makePlace,
  removePlace,
  type Files,
} from '../../support/e2e-place.js';
import { freshPorts, runBackup, verify } from '../../support/e2e-plain.js';
import { ghOf, githubLab, githubLine, type GithubLab } from '../../support/github-place.js';

const COMMITS = 'POST /repos/{owner}/{repo}/git/commits';
const TREES = 'POST /repos/{owner}/{repo}/git/trees';

/** A first green run, then an edit: one text and one binary file. */
async function edited(): Promise<GithubLab> {
  const lab = await githubLab();
  await fill(lab.place.dataDir, { 'a.md': 'a\n', 'b.md': 'b\n', 'c.bin': randomBytes(3_000) });
  expect((await runBackup(lab.config)).outcome).toBe('green');
  await fill(lab.place.dataDir, { 'a.md': 'edited\n', 'd.bin': randomBytes(3_000) });
  lab.github.resetCounts();
  return lab;
}

function held({ github, repo }: GithubLab, prefix = ''): Record<string, string> {
  const files: Files = new Map(
    [...github.files(repo, github.head(repo, 'main') ?? '')].flatMap(([path, bytes]) =>
      path.startsWith(prefix) && !path.startsWith(`${prefix}.nxs/`)
        ? [[path.slice(prefix.length), bytes ?? Buffer.from('LOST')]]
        : [],
    ),
  );
  return digests(files);
}

const local = async (dir: string) => digests(await filesIn(dir));

async function historyOf({ github, repo }: GithubLab): Promise<string[]> {
  const reply = await fetch(`${github.url}/repos/${repo}/commits?sha=main&per_page=100`, {
    headers: { authorization: `token ${github.token}` },
  });
  return ((await reply.json()) as { sha: string }[]).map(({ sha }) => sha);
}

describe('a reply that is lost', () => {
  it.each([
    ['of a blob', /POST .*git\/blobs$/],
    ['of a tree', /POST .*git\/trees$/],
    ['of a commit', /POST .*git\/commits$/],
    ['of the move of the branch', /PATCH .*git\/refs\/\{ref\}$/],
  ])('%s leaves one commit in history and a proved backup', async (_, match) => {
    const lab = await edited();
    const before = await historyOf(lab);
    for (const kind of ['lost', 'cut'] as const) {
      const fault = lab.github.next({ kind, match });
      await writeFile(join(lab.place.dataDir, 'a.md'), `${kind}\n`);
      await writeFile(join(lab.place.dataDir, 'd.bin'), randomBytes(2_000));
      expect(ghOf(await runBackup(lab.config))).toMatchObject({ state: 'proved', counts: { VERIFIED: 4 } });
      expect(fault.fired()).toBe(1);
    }
    expect(await historyOf(lab)).toHaveLength(before.length + 2);
    expect(held(lab)).toEqual(await local(lab.place.dataDir));
  });

  it('of the move is looked up, and not made again', async () => {
    const lab = await edited();
    lab.github.next({ kind: 'lost', match: /PATCH / });
    expect((await runBackup(lab.config)).outcome).toBe('green');
    expect(lab.github.counts()['PATCH /repos/{owner}/{repo}/git/refs/{ref}']).toBe(1);
    expect(lab.github.counts()[COMMITS]).toBe(1);
  });

  it('of the very first commit of an empty repository makes no second one', async () => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, { 'a.md': 'a\n' });
    const fault = lab.github.next({ kind: 'lost', match: /PUT .*contents/ });
    expect((await runBackup(lab.config)).outcome).toBe('green');
    expect(fault.fired()).toBe(1);
    expect(await historyOf(lab)).toHaveLength(2);
  });
});

describe('a server that fails', () => {
  it('for good is told, changes nothing, and the next run is green', async () => {
    const lab = await edited();
    const head = lab.github.head(lab.repo, 'main');
    lab.github.next({ kind: 'status', status: 502, match: /PATCH /, times: 100 });
    expect(ghOf(await runBackup(lab.config))).toMatchObject({
      state: 'failed',
      code: 'DESTINATION_UNREACHABLE',
    });
    expect(lab.github.head(lab.repo, 'main')).toBe(head);
    lab.github.calm();
    expect((await runBackup(lab.config)).outcome).toBe('green');
    expect(held(lab)).toEqual(await local(lab.place.dataDir));
  });
});

describe('stale reads', () => {
  it('after each write of the branch are never taken for a branch that was set back', async () => {
    const lab = await githubLab();
    lab.github.set({ staleReads: 2 });
    await fill(lab.place.dataDir, { 'a.md': 'a\n', 'b.bin': randomBytes(100) });
    for (const text of ['1', '2', '3']) {
      await writeFile(join(lab.place.dataDir, 'a.md'), text);
      expect(ghOf(await runBackup(lab.config))).toMatchObject({ state: 'proved', note: null });
    }
    expect(held(lab)).toEqual(await local(lab.place.dataDir));
  });

  it('together with a lost move are waited for', async () => {
    const lab = await edited();
    lab.github.set({ staleReads: 1 });
    lab.github.next({ kind: 'lost', match: /PATCH / });
    const record = await runBackup(lab.config);
    lab.github.calm();
    // Either it saw the move, or it says that it did not: never a second commit, and never a false word.
    expect(['proved', 'failed']).toContain(ghOf(record).state);
    expect((await runBackup(lab.config)).outcome).toBe('green');
    expect(held(lab)).toEqual(await local(lab.place.dataDir));
    expect(await historyOf(lab)).toHaveLength(3);
  });
});

describe('trees', () => {
  const many = () =>
    new Map(
      Array.from({ length: 60 }, (_, n) => [`d${n % 7}/e${n % 3}/${n}.md`, Buffer.from(`${n}\n`)] as const),
    );

  it('that come truncated are walked directory by directory', async () => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, many());
    expect((await runBackup(lab.config)).outcome).toBe('green');
    lab.github.set({ truncateTreesAt: 10 });
    const looked = await verify(lab.config, 'full');
    expect(looked).toMatchObject({ green: true, destinations: [{ counts: { VERIFIED: 60 } }] });
    await lab.github.commitForeign(lab.repo, 'main', { 'd3/e0/3.md': 'vandal\n', 'd6/e2/20.md': null });
    expect(ghOf(await runBackup(lab.config))).toMatchObject({
      state: 'proved',
      counts: { VERIFIED: 58, HEALED: 2 },
    });
    expect(held(lab)).toEqual(await local(lab.place.dataDir));
  });

  it.each([{ entries: 7 }, { bytes: 900 }])(
    'that are too large for one request (%j) are halved',
    async (limit) => {
      const lab = await githubLab();
      lab.github.set({ treeLimit: limit });
      await fill(lab.place.dataDir, many());
      expect(ghOf(await runBackup(lab.config))).toMatchObject({ state: 'proved', counts: { VERIFIED: 60 } });
      expect(lab.github.counts()[TREES]).toBeGreaterThan(8);
      expect(lab.github.counts()[COMMITS]).toBe(1);
      expect(held(lab)).toEqual(await local(lab.place.dataDir));
    },
  );
});

describe('push protection', () => {
  it.each(['note.md', 'note.bin'])('that refuses %s is said, and nothing is half done', async (name) => {
    const lab = await edited();
    const head = lab.github.head(lab.repo, 'main');
    lab.github.set({ secretMarker: 'SECRET-MARKER' });
    const nul = name.endsWith('.bin') ? '\0' : '';
    await writeFile(join(lab.place.dataDir, name), `${nul}SECRET-MARKER\n`);
    const gh = ghOf(await runBackup(lab.config));
    expect(gh).toMatchObject({ state: 'failed', code: 'DESTINATION_DENIED' });
    expect(gh.note).toContain('push protection found a secret');
    expect(lab.github.head(lab.repo, 'main')).toBe(head);
    await writeFile(join(lab.place.dataDir, name), 'harmless\n');
    expect((await runBackup(lab.config)).outcome).toBe('green');
  });
});

describe('a reply that lies', () => {
  it.each([
    ['another id of a blob', 'wrong-oid', /POST .*git\/blobs$/],
    ['another id of a tree', 'wrong-oid', /POST .*git\/trees$/],
    ['another id of a commit', 'wrong-oid', /POST .*git\/commits$/],
    ['bytes with one of them changed', 'garbled', /GET .*git\/blobs\/\{sha\}$/],
  ] as const)('with %s is never green unless it is true', async (_, kind, match) => {
    const lab = await edited();
    for (const times of [1, 2, 500]) {
      lab.github.next({ kind, match, times });
      await writeFile(join(lab.place.dataDir, 'a.md'), `${times}\n`);
      await writeFile(join(lab.place.dataDir, 'd.bin'), randomBytes(2_000));
      const { outcome } = await runBackup(lab.config);
      if (outcome === 'green') expect(held(lab)).toEqual(await local(lab.place.dataDir));
      if (times === 500) expect(outcome).not.toBe('green');
      lab.github.calm();
      expect((await runBackup(lab.config)).outcome).toBe('green');
      expect(held(lab)).toEqual(await local(lab.place.dataDir));
    }
  });
});

describe('two writers at once', () => {
  it('on one branch end both proved after at most one more run each, and nothing is lost', async () => {
    const lab = await githubLab({ keys: 'prefix: home' });
    const other = await makePlace(() =>
      destinations(githubLine(lab.github.url, lab.github.token, 'prefix: cloud')),
    );
    try {
      const config = { ...(await configOf(other)), node: 'cloud' };
      await fill(lab.place.dataDir, { 'a.md': 'home\n', 'a.bin': randomBytes(500) });
      await fill(other.dataDir, { 'a.md': 'cloud\n', 'b.bin': randomBytes(500) });
      for (let round = 0; round < 4; round += 1) {
        await writeFile(join(lab.place.dataDir, 'a.md'), `home ${round}\n`);
        await writeFile(join(other.dataDir, 'a.md'), `cloud ${round}\n`);
        const ended = await Promise.all([runBackup(lab.config), runBackup(config)]);
        for (const [index, record] of ended.entries()) {
          if (record.outcome === 'green') continue;
          expect(ghOf(record)).toMatchObject({ state: 'failed', code: 'DESTINATION_CONFLICT' });
          expect((await runBackup(index === 0 ? lab.config : config)).outcome).toBe('green');
        }
        expect(held(lab, 'home/')).toEqual(await local(lab.place.dataDir));
        expect(held(lab, 'cloud/')).toEqual(await local(other.dataDir));
      }
    } finally {
      await removePlace(other);
    }
  });

  it('where the other one comes in just before our move: refused, and the next run goes on top', async () => {
    const lab = await edited();
    const ports = freshPorts(lab.config);
    const slip = () => lab.github.commitForeign(lab.repo, 'main', { 'x.md': 'theirs\n' });
    let foreign = '';
    const raced = ports.destinations.map((each) => {
      if (each.state !== 'ready') return each;
      const publish: typeof each.store.publish = async (...change) => {
        foreign = await slip();
        return each.store.publish(...change);
      };
      return { ...each, store: { ...each.store, publish } };
    });
    const record = await runBackup(lab.config, { ports: { ...ports, destinations: raced } });
    expect(ghOf(record)).toMatchObject({ state: 'failed', code: 'DESTINATION_CONFLICT' });
    expect(lab.github.head(lab.repo, 'main')).toBe(foreign);
    expect((await runBackup(lab.config)).outcome).toBe('green');
    expect(await historyOf(lab)).toContain(foreign);
    expect(held(lab)).toEqual(await local(lab.place.dataDir));
  });
});
