import { build, stop } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquireLock, lockHolder } from '../../../adapters/files/lock.js';
import { identify } from '../../../adapters/files/process-identity.js';

let taker = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  taker = join(await scratch(), 'taker.mjs');
  const source = fileURLToPath(new URL('fixtures/lock-taker.ts', import.meta.url));
  const common = { bundle: true, format: 'esm', platform: 'node', target: 'node20' } as const;
  await build({ ...common, entryPoints: [source], outfile: taker });
  await stop();
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

describe('acquireLock', () => {
  it('refuses a second taker with the pid, purpose and start of the first', async () => {
    const path = await lockPath();
    const lock = await acquireLock(path, { purpose: 'first' });
    await expect(acquireLock(path, { purpose: 'second' })).rejects.toMatchObject({
      code: 'LOCKED',
      details: { pid: process.pid, purpose: 'first' },
    });
    await lock.release();
  });

  it('gives the lock to the next one after its release, and leaves no file behind', async () => {
    const path = await lockPath();
    await (await acquireLock(path, { purpose: 'a' })).release();
    const second = await acquireLock(path, { purpose: 'b' });
    expect(await lockHolder(path)).toMatchObject({ pid: process.pid, purpose: 'b' });
    await second.release();
    await second.release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('waits for a live holder as long as it was told', async () => {
    const path = await lockPath();
    const first = await acquireLock(path, { purpose: 'a' });
    const second = acquireLock(path, { purpose: 'b', wait: 10_000 });
    await first.release();
    await (await second).release();
  });

  it('does not release a lock that another one holds by now', async () => {
    const path = await lockPath();
    const first = await acquireLock(path, { purpose: 'a' });
    await first.release();
    const second = await acquireLock(path, { purpose: 'b' });
    await first.release();
    expect(await lockHolder(path)).toMatchObject({ purpose: 'b' });
    await second.release();
  });

  it('never lets two callers of one process in at once', async () => {
    const path = await lockPath();
    let inside = 0;
    let most = 0;
    const enter = async () => {
      const lock = await acquireLock(path, { purpose: 'queue', wait: 20_000 });
      most = Math.max(most, ++inside);
      await readFile(path);
      inside -= 1;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 12 }, enter));
    expect(most).toBe(1);
  });

  it.each([
    ['a process that was killed', async () => deadHolder()],
    ['a pid that was given to another process', async () => ({ ...(await self()), started: '1' })],
    ['a machine that was booted since', async () => ({ ...(await self()), boot: 'another boot' })],
  ])('takes over from %s', async (_name, holder) => {
    const path = await lockPath();
    await writeFile(path, JSON.stringify(await holder()));
    const lock = await acquireLock(path, { purpose: 'heir' });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid, purpose: 'heir' });
    await lock.release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it.each(['', '{"pid":', 'null', '{"pid":"12","nonce":"../x"}', '\0\0\0\0'])(
    'takes over a lock file that a power cut left as %j',
    async (content) => {
      const path = await lockPath();
      await writeFile(path, content);
      await (await acquireLock(path, { purpose: 'heir' })).release();
      expect(await readdir(join(path, '..'))).toEqual([]);
    },
  );

  it('takes over from an heir that died before it finished', async () => {
    const path = await lockPath();
    const dead = await deadHolder();
    await writeFile(path, JSON.stringify(dead));
    await writeFile(`${path}.heir-${dead.nonce}`, JSON.stringify({ ...dead, nonce: 'second' }));
    await (await acquireLock(path, { purpose: 'third' })).release();
    expect(await readdir(join(path, '..'))).toEqual([]);
  });

  it('has exactly one winner when many processes find the same dead holder', async () => {
    const racers = await Promise.all(Array.from({ length: 6 }, startTaker));
    for (let round = 0; round < 15; round++) {
      const path = await lockPath();
      await writeFile(path, JSON.stringify(await deadHolder()));
      const answers = await Promise.all(racers.map((racer) => racer.ask(`take ${path}`)));
      const winners = racers.filter((_racer, index) => answers[index] === 'won');
      expect(answers).toHaveLength(6);
      expect(winners).toHaveLength(1);
      const pid = winners[0]?.pid;
      expect(new Set(answers)).toEqual(new Set(['won', `LOCKED ${pid}`]));
      await winners[0]?.ask('release');
    }
    for (const racer of racers) await racer.end();
  }, 60_000);

  it('is free again when its holder is killed', async () => {
    const path = await lockPath();
    const holder = await startTaker();
    expect(await holder.ask(`take ${path}`)).toBe('won');
    expect(await lockHolder(path)).toMatchObject({ pid: holder.pid });
    await holder.end();
    expect(await lockHolder(path)).toBeNull();
    await (await acquireLock(path, { purpose: 'next' })).release();
  });
});

async function scratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'lock-'));
}

async function lockPath(): Promise<string> {
  return join(await scratch(), 'lock');
}

async function self() {
  const identity = await identify(process.pid);
  return { ...identity, pid: process.pid, nonce: 'mine', purpose: 'old', since: '2026-01-01T00:00:00.000Z' };
}

/** The identity of a process that really ran and is gone. */
async function deadHolder() {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = await identify(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return {
    ...identity,
    nonce: `n${child.pid ?? 0}`,
    purpose: 'dead',
    since: '2026-01-01T00:00:00.000Z',
  };
}

async function startTaker() {
  const child = spawn(process.execPath, [taker], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child, 'spawn');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    async ask(command: string): Promise<string> {
      child.stdin.write(`${command}\n`);
      return String((await lines.next()).value);
    },
    async end(): Promise<void> {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
