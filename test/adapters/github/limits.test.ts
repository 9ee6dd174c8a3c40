// When GitHub says "later". All limits here rest on the scripted layer: the emulator has a counter and never refuses.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planBackup } from '../../../activities/backup/plan.js';
import { publishBackup } from '../../../activities/backup/publish.js';
import { verifyBackup } from '../../../activities/backup/verify.js';
import { openClient, type GithubClient } from '../../../adapters/github/client.js';
import { NxsError } from '../../../domain/errors.js';
import type { Pace } from '../../../domain/backup/rate-limit.js';
import { fill } from '../../support/e2e-place.js';
import { freshPorts, runBackup } from '../../support/e2e-plain.js';
import { githubLab, type GithubLab } from '../../support/github-place.js';
import { standing } from '../../../workers/offline.js';

const task = standing(() => undefined);
const FREE: Pace = { interval: 0, perMinute: 100_000, perHour: 100_000 };
const BLOBS = 'POST /repos/{owner}/{repo}/git/blobs';

/** What a step that was told to wait says. */
async function told(step: Promise<unknown>): Promise<{ until: number; kind: string }> {
  const error: unknown = await step.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NxsError)) throw new Error(`not told to wait: ${String(error)}`);
  expect(error.code).toBe('RATE_LIMITED');
  return error.details as { until: number; kind: string };
}

/** With a commit in it: an empty one refuses blobs. */
async function begun(): Promise<GithubLab> {
  const lab = await githubLab({ bare: true });
  await lab.github.createRepo({ name: 'backup', withReadme: true });
  return lab;
}

interface Clock {
  now(): number;
  goTo(ms: number): void;
}

/** Ours, not the server's: a wait of an hour takes no time. */
function movedClock(): Clock {
  const real = Date.now;
  let ahead = 0;
  Date.now = () => real() + ahead;
  onTestFinished(() => {
    Date.now = real;
  });
  return { now: () => Date.now(), goTo: (ms) => void (ahead += Math.max(0, ms - Date.now())) };
}

function clientFor({ github, place }: GithubLab, pace: Pace = FREE): GithubClient {
  return openClient({
    ...{ owner: 'octocat', repo: 'backup', token: github.token, baseUrl: github.url, pace },
    stateDir: join(place.stateDir, 'ledgers'),
    fetch: globalThis.fetch,
  });
}

const blob = ({ octokit, at }: GithubClient, content = 'x') =>
  octokit.rest.git.createBlob({ ...at, content, encoding: 'utf-8' });
const read = ({ octokit, at }: GithubClient) => octokit.rest.repos.get(at);

describe('a limit at the very first request of a run', () => {
  it('holds up neither the plan nor its guards: only this destination waits', async () => {
    const lab = await githubLab();
    const names = Array.from({ length: 20 }, (_, n) => `${n}.md`);
    await fill(lab.place.dataDir, Object.fromEntries(names.map((name) => [name, `of ${name}\n`])));
    expect((await runBackup(lab.config)).outcome).toBe('green');
    for (const name of names.slice(2)) await rm(join(lab.place.dataDir, name));
    const ports = freshPorts(lab.config);
    // What is known of it does not count any more, so it has to be looked at.
    const book = await ports.state.loadProofs('gh');
    if (book === null) throw new Error('nothing was proved');
    const files = book.files.map((file) => ({ ...file, verifiedAt: null }));
    await ports.state.saveProofs('gh', { ...book, files });
    lab.github.next({ kind: 'secondary', retryAfter: 60 });
    const plan = await planBackup(ports, { run: 'limited', confirm: null }, task);
    expect(plan.held).toMatchObject({ before: 20, missing: 18 });
    const passed = await planBackup(ports, { run: 'limited', confirm: plan.held?.token ?? null }, task);
    expect(passed).toMatchObject({ held: null, destinations: [{ name: 'gh', state: 'ready' }] });
    await told(publishBackup(ports, { run: 'limited', destination: 'gh' }, task));
  });

  it('of a repository that nobody has looked at yet: what it lacks is read when it may be written to', async () => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, { 'MEMORY.md': '# x\n', 'a.bin': Buffer.alloc(2_000) });
    const ports = freshPorts(lab.config);
    lab.github.next({ kind: 'secondary', retryAfter: 60 });
    const plan = await planBackup(ports, { run: 'limited', confirm: null }, task);
    expect(plan).toMatchObject({ held: null, destinations: [{ name: 'gh', state: 'ready' }] });
    const clock = movedClock();
    const input = { run: 'limited', destination: 'gh' };
    clock.goTo((await told(publishBackup(ports, input, task))).until + 1);
    await publishBackup(ports, input, task);
    const { counts } = await verifyBackup(ports, { ...input, round: 0 }, task);
    expect(counts).toEqual({ VERIFIED: 2 });
  });
});

describe('a limit', () => {
  it('that is spent (remaining 0) waits until its reset, by the server clock', async () => {
    const lab = await begun();
    const clock = movedClock();
    const resetAt = Math.ceil(clock.now() / 1000) + 1_800;
    lab.github.set({ quota: { resetAt } });
    const { until, kind } = await told(read(clientFor(lab)));
    expect(kind).toBe('primary');
    expect(until).toBeGreaterThanOrEqual(resetAt * 1000 - 1_000);
    expect(until).toBeLessThanOrEqual(resetAt * 1000 + 5_000);
  });

  it.each([
    ['with retry-after', 120, 120_000],
    ['without a word', undefined, 60_000],
  ])('of the secondary kind %s waits as long as it must', async (_, retryAfter, least) => {
    const lab = await begun();
    for (const status of [403, 429]) {
      const refused = {
        kind: 'secondary',
        status,
        ...(retryAfter === undefined ? {} : { retryAfter }),
      } as const;
      lab.github.next(refused);
      const clock = movedClock();
      const before = clock.now();
      const { until, kind } = await told(blob(clientFor(lab)));
      expect(kind).toBe('secondary');
      expect(until - before).toBeGreaterThanOrEqual(least);
      clock.goTo(until + 1);
      await blob(clientFor(lab));
    }
  });

  it('without a word that comes again and again makes longer and longer waits', async () => {
    const lab = await begun();
    lab.github.next({ kind: 'secondary', times: 4 });
    const clock = movedClock();
    const waits: number[] = [];
    for (let strike = 0; strike < 4; strike += 1) {
      const before = clock.now();
      const { until } = await told(blob(clientFor(lab)));
      waits.push(Math.round((until - before) / 60_000));
      clock.goTo(until + 1);
    }
    expect(waits).toEqual([1, 2, 4, 8]);
    await blob(clientFor(lab));
  });

  it('that strikes several requests at once is one strike, and a good reply among them does not end it', async () => {
    const lab = await begun();
    lab.github.next({ kind: 'secondary', match: /GET .*\{repo\}$/, times: 7 });
    lab.github.set({ latencyMs: 20 });
    const client = clientFor(lab);
    const before = Date.now();
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => read(client)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { until } = await told(read(client));
    expect(until - before).toBeGreaterThanOrEqual(60_000);
    expect(until - before).toBeLessThan(90_000);
    expect(lab.github.requests()).toHaveLength(8);
  });

  it('holds every request back until its end, in this process and in the next', async () => {
    const lab = await begun();
    lab.github.next({ kind: 'secondary', retryAfter: 600 });
    const clock = movedClock();
    const client = clientFor(lab);
    const { until } = await told(blob(client));
    lab.github.resetCounts();
    for (const each of [client, clientFor(lab)]) {
      for (const request of [blob, read]) expect((await told(request(each))).until).toBe(until);
    }
    expect(lab.github.requests()).toEqual([]);
    clock.goTo(until + 1);
    await read(clientFor(lab));
    expect(lab.github.requests()).toHaveLength(1);
  });
});

describe('a run that is told to wait', () => {
  const FILES = 12;

  async function planned() {
    const lab = await githubLab();
    const files: Record<string, Buffer> = {};
    // Binary: each is a request of its own, there and back.
    for (let n = 0; n < FILES; n += 1)
      files[`${n}.bin`] = Buffer.concat([Buffer.alloc(1), Buffer.from(String(n))]);
    await fill(lab.place.dataDir, { 'MEMORY.md': '# x\n' });
    expect((await runBackup(lab.config)).outcome).toBe('green');
    await fill(lab.place.dataDir, files);
    const run = '20260101T000000Z-limits';
    await planBackup(freshPorts(lab.config), { run, confirm: null }, task);
    lab.github.resetCounts();
    return { lab, input: { run, destination: 'gh' }, ports: () => freshPorts(lab.config) };
  }

  it('while it uploads goes on after the wait without sending anything twice', async () => {
    const { lab, input, ports } = await planned();
    lab.github.next({ kind: 'secondary', retryAfter: 300, match: /POST .*git\/blobs/, after: 5 });
    const clock = movedClock();
    const { until } = await told(publishBackup(ports(), input, task));
    const accepted = lab.github.requests().filter(({ route, status }) => route === BLOBS && status === 201);
    expect(accepted).toHaveLength(5);
    const heard = lab.github.requests().length;
    expect((await told(publishBackup(ports(), input, task))).until).toBe(until);
    expect(lab.github.requests()).toHaveLength(heard);

    clock.goTo(until + 1);
    await publishBackup(ports(), input, task);
    const all = lab.github.requests().filter(({ route, status }) => route === BLOBS && status === 201);
    expect(all).toHaveLength(FILES);
    expect(lab.github.counts()['POST /repos/{owner}/{repo}/git/commits']).toBe(1);
  });

  it('while it reads back keeps its proofs, and reads only the rest', async () => {
    const { lab, input, ports } = await planned();
    await publishBackup(ports(), input, task);
    const GET = /GET .*git\/blobs\/\{sha\}$/;
    const reads = () =>
      lab.github.requests().filter(({ route, status }) => GET.test(route) && status === 200);
    lab.github.resetCounts();
    lab.github.next({ kind: 'secondary', retryAfter: 300, match: GET, after: 5, times: 100 });
    const clock = movedClock();
    const { until } = await told(verifyBackup(ports(), { ...input, round: 0 }, task));
    const first = reads().map(({ path }) => path);
    expect(first).toHaveLength(5);
    lab.github.calm();
    lab.github.resetCounts();
    // Reads that were under way then were told a moment later.
    clock.goTo(until + 10_000);
    const verified = await verifyBackup(ports(), { ...input, round: 0 }, task);
    expect(verified.counts).toEqual({ VERIFIED: FILES + 1 });
    const manifest = 1;
    const again = reads()
      .map(({ path }) => path)
      .filter((path) => first.includes(path));
    expect(again.length).toBeLessThanOrEqual(manifest);
    expect(reads().length).toBeLessThanOrEqual(FILES - 5 + 2 * manifest);
  });
});

describe('pacing', () => {
  it('keeps the budget of a minute per token, over destinations and processes', async () => {
    const lab = await begun();
    const pace = { interval: 0, perMinute: 3, perHour: 1_000 };
    const clock = movedClock();
    const began = clock.now();
    await blob(clientFor(lab, pace), '1');
    await blob(clientFor(lab, pace), '2');
    await blob(clientFor(lab, pace), '3');
    const { until, kind } = await told(blob(clientFor(lab, pace), '4'));
    expect(kind).toBe('budget');
    expect(until - began).toBeGreaterThanOrEqual(60_000);
    expect(lab.github.counts()[BLOBS]).toBe(3);
    await read(clientFor(lab, pace));
    clock.goTo(until + 1);
    await blob(clientFor(lab, pace), '4');
    expect(lab.github.counts()[BLOBS]).toBe(4);
  });
  it('holds as well when two destinations of one token write at once', async () => {
    const lab = await begun();
    const pace = { interval: 0, perMinute: 5, perHour: 1_000 };
    const clients = [clientFor(lab, pace), clientFor(lab, pace)];
    const writes = clients.flatMap((client, one) => [0, 1, 2, 3, 4].map((n) => blob(client, `${one} ${n}`)));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(lab.github.counts()[BLOBS]).toBe(5);
  });
});
