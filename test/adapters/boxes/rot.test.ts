// Over GitHub, which keeps one copy of an object by its id and never takes a better one: what rots there stays rotten.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AgeCodec } from '../../../adapters/boxes/age.js';
import { createGithubDestination } from '../../../adapters/github/destination.js';
import type { Destination } from '../../../domain/backup/ports.js';
import { startGithub, type GithubPeer } from '../../support/github-peer.js';
import { noise, scratch } from '../git/fixtures.js';
import { boxedOver, codecOf, newKey, PART, publish, readAll, sha256, type BoxLab } from './fixtures.js';

let peer: GithubPeer;
let repo: string;

beforeEach(async () => {
  peer = await startGithub({ rewriteHeals: false });
  repo = await peer.createRepo({ owner: 'octocat', name: 'backups', private: true });
});

afterEach(() => peer.close());

function github(dir: string): Destination {
  return createGithubDestination({
    ...{ name: 'cloud', owner: 'octocat', repo: 'backups', branch: 'main', prefix: '' },
    ...{ token: peer.token, baseUrl: peer.url, fetch: globalThis.fetch },
    pace: { interval: 0, perMinute: 100_000, perHour: 100_000 },
    stateDir: path.join(dir, 'state'),
    gitHome: path.join(dir, 'home'),
  });
}

function place(codec: 'parts' | AgeCodec): BoxLab {
  const dir = scratch();
  const home = path.join(dir, 'home');
  mkdirSync(home);
  const inner = github(dir);
  return { dir, home, store: repo, inner, destination: boxedOver(inner, { dir, home }, codec) };
}

const FILES = { a: 'alpha\n', b: 'beta\n', large: noise(3 * PART + 5), 'photo.jpg': noise(5000, 9) };

const healing = (oids: readonly string[], commit: string | null) => ({
  ...{ oids, commit, at: '2026-11-20T11:00:00Z', author: 'home' },
});

async function expectWhole(at: BoxLab, codec: 'parts' | AgeCodec = 'parts'): Promise<void> {
  const fresh = boxedOver(github(path.join(at.dir, 'other')), at, codec);
  const back = await readAll(fresh);
  for (const [file, bytes] of Object.entries(FILES))
    expect([file, back.get(file)]).toEqual([file, sha256(bytes)]);
}

it('a file that rots is stored in parts, then its parts in others, and others are not touched', async () => {
  const at = place('parts');
  const { stage, staged, published } = await publish(at, FILES);
  const photo = staged.find((file) => file.path === 'photo.jpg')?.oid ?? '';
  peer.rot(repo, photo);
  const first = await at.destination.heal(healing([photo], published.commit), stage);
  expect(first.fallback).toBe(1);
  expect(first.note).toMatch(/1 file stayed broken there and was stored again in other parts/);
  await expectWhole(at);
  const listed = await at.inner.list(first.commit ?? '');
  const parts = listed.filter((file) => file.path.startsWith(`.nxs/parts/${photo}/`));
  expect(parts.length).toBeGreaterThan(1);
  peer.rot(repo, parts[0]?.oid ?? '');
  const second = await at.destination.heal(healing([photo], first.commit), stage);
  expect(second.fallback).toBe(1);
  await expectWhole(at);
  // The next run keeps the parts: the file under its own id is still broken there.
  const next = await publish(
    { ...at, destination: withoutLacks(at.destination) },
    { ...FILES, a: 'new\n' },
    'next',
  );
  expect((await readAll(at.destination)).get('photo.jpg')).toBe(sha256(FILES['photo.jpg']));
  expect(next.published.commit).not.toBe(second.commit);
});

it('a part of a large file that rots is cut elsewhere; one byte cannot be', async () => {
  const at = place('parts');
  const { stage, staged, published } = await publish(at, { ...FILES, dot: '.' });
  const oidOf = (name: string): string => staged.find((file) => file.path === name)?.oid ?? '';
  const listed = await at.inner.list(published.commit);
  const part = listed.find(({ path: name }) => name === `.nxs/parts/${oidOf('large')}/0002`);
  peer.rot(repo, part?.oid ?? '');
  peer.rot(repo, oidOf('dot'));
  expect((await readAll(at.destination)).get('large')).not.toBe(sha256(FILES.large));
  const healed = await at.destination.heal(healing([oidOf('large'), oidOf('dot')], published.commit), stage);
  expect(healed.fallback).toBe(1);
  expect(healed.note).toMatch(/1 file cannot be cut .*less than 2 bytes/);
  await expectWhole(at);
});

it('an encrypted file that rots is encrypted anew', async () => {
  const codec = codecOf(await newKey());
  const at = place(codec);
  const { stage, published } = await publish(at, FILES);
  const listed = await at.inner.list(published.commit);
  const part = listed.find(({ size }) => size === PART);
  peer.rot(repo, part?.oid ?? '');
  const back = await readAll(at.destination);
  expect([...back].filter(([, hash]) => hash === 'cut' || hash === 'corrupt').map(([name]) => name)).toEqual([
    'large',
  ]);
  const large = (await at.destination.list(published.commit)).find(({ path: name }) => name === 'large');
  const healed = await at.destination.heal(healing([large?.oid ?? ''], published.commit), stage);
  expect(healed).toMatchObject({ fallback: 0, commit: peer.head(repo, 'main') });
  await expectWhole(at, codec);
});

it('a small changed file costs no request more than without boxes', async () => {
  const count = async (boxes: boolean): Promise<number> => {
    const at = place('parts');
    const name = `count-${boxes ? 'with' : 'without'}`;
    await peer.createRepo({ owner: 'octocat', name, private: true });
    const inner = createGithubDestination({
      ...{ name: 'cloud', owner: 'octocat', repo: name, branch: 'main', prefix: '' },
      ...{ token: peer.token, baseUrl: peer.url, fetch: globalThis.fetch },
      pace: { interval: 0, perMinute: 100_000, perHour: 100_000 },
      stateDir: path.join(at.dir, name),
      gitHome: at.home,
    });
    const destination = boxes ? boxedOver(inner, at, 'parts') : inner;
    const lab = { ...at, inner, destination: withoutLacks(destination) };
    const { published } = await publish(lab, { a: 'a\n', b: 'b\n' });
    await destination.list(published.commit);
    peer.resetCounts();
    await publish(lab, { a: 'a\n', b: 'changed\n' }, 'next');
    return peer.requests().length;
  };
  expect(await count(true)).toBe(await count(false));
});

/** As a run does: only what the head's listing does not have has to travel. */
function withoutLacks(destination: Destination): Destination {
  return {
    ...destination,
    async lacks(oids) {
      const head = await destination.head();
      if (head === null) return oids;
      const listed = new Set((await destination.list(head.commit)).map(({ oid }) => oid));
      return oids.filter((oid) => !listed.has(oid));
    },
  };
}
