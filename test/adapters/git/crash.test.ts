import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGitDestination } from '../../../adapters/git/destination.js';
import {
  backup,
  changeTo,
  expected,
  git,
  lab,
  noise,
  readBack,
  scratch,
  seeded,
  stageOf,
} from './fixtures.js';

const ROUNDS = 10;
const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The publishing process as a file of its own, so that it can be killed without us. */
function publisher(dir: string): string {
  const script = path.join(dir, 'publisher.ts');
  const from = (name: string) => JSON.stringify(path.join(ROOT, 'adapters/git', name));
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs';
     import { createGitDestination } from ${from('destination.ts')};
     const { options, change, stage } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
     await createGitDestination(options).publish(change, stage);`,
  );
  const outfile = path.join(ROOT, 'node_modules', '.cache', `nxs-publisher-${path.basename(dir)}.mjs`);
  // By its command line: the library would leave its service running.
  const bin = path.join(ROOT, 'node_modules', '.bin', 'esbuild');
  const flags = ['--bundle', '--platform=node', '--format=esm', '--packages=external', '--log-level=error'];
  execFileSync(bin, [script, ...flags, `--outfile=${outfile}`]);
  onTestFinished(() => rmSync(outfile, { force: true }));
  return outfile;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}

describe('a publish that is killed', () => {
  it(
    'at any moment leaves the old head or the new one, and the next run works',
    { timeout: 120_000 },
    async () => {
      const at = await lab();
      const script = publisher(at.dir);
      const random = seeded(41);
      await backup(at, { base: 'base' }, 'base');
      const outcomes = new Set<string>();
      for (let round = 0; round < ROUNDS; round += 1) {
        const files = { base: `round ${String(round)}`, big: noise(60_000, round), other: String(round) };
        const { stage, staged } = await stageOf(at, files, `run-${String(round)}`);
        const before = await at.destination.head();
        const change = await changeTo(at.destination, staged, `round ${String(round)}`);
        const options = { name: 'local', path: at.store, prefix: '', gitHome: at.home };
        const file = path.join(at.dir, 'change.json');
        writeFileSync(file, JSON.stringify({ options, stage, change: { ...change, extra: [] } }));
        // A process group of its own: kill -9 then takes git's processes along, as a power cut would.
        const child = spawn(process.execPath, [script, file], { detached: true, stdio: 'ignore' });
        // The first dies before it can begin, the last is left alone: both outcomes are seen for certain.
        const wait = round === 0 ? 1 : round === ROUNDS - 1 ? 60_000 : 60 + Math.floor(random() * 220);
        const timer = setTimeout(() => kill(child), wait);
        await ended(child);
        clearTimeout(timer);
        await at.destination.prepare();
        const after = await at.destination.head();
        outcomes.add(after?.commit === before?.commit ? 'old' : 'new');
        expect(git(at.store, 'fsck', '--full', '--no-dangling')).toBe('');
        const listed = await at.destination.list(after?.commit ?? '');
        expect(listed.length).toBeGreaterThan(0);
        const again = await at.destination.publish(await changeTo(at.destination, staged, 'again'), stage);
        expect((await at.destination.head())?.commit).toBe(again.commit);
        expect(await readBack(at.destination, staged)).toEqual(expected(staged));
      }
      expect(outcomes).toEqual(new Set(['old', 'new']));
    },
  );
});

describe('a destination without room', () => {
  it('keeps its old head, says so, and works again when there is room', async (context) => {
    const dir = scratch();
    const small = path.join(dir, 'small');
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'ignore' });
    } catch {
      return context.skip('a tmpfs cannot be mounted here');
    }
    try {
      const at = { ...(await lab('', dir)), store: path.join(small, 'backup.git') };
      const destination = createGitDestination({
        name: 'small',
        path: at.store,
        prefix: '',
        gitHome: at.home,
      });
      await destination.prepare();
      const full = { ...at, destination };
      const { published } = await backup(full, { a: '1' }, 'one');
      const { stage, staged } = await stageOf(full, { a: '1', b: noise(2_000_000) }, 'two');
      const change = await changeTo(destination, staged);
      await expect(destination.publish(change, stage)).rejects.toMatchObject({
        code: 'DESTINATION_UNWRITABLE',
        message: expect.stringContaining('No space left'),
      });
      expect((await destination.head())?.commit).toBe(published.commit);
      await destination.prepare();
      expect(await destination.access(dir)).toMatchObject({ state: 'low_space', sameDisk: false });
      expect((await backup(full, { a: '2' }, 'three')).published.uploaded).toBe(1);
      expect(git(at.store, 'fsck', '--full', '--no-dangling')).toBe('');
    } finally {
      execFileSync('umount', ['-l', small]);
    }
    return undefined;
  });
});

describe('a destination that cannot be written', () => {
  it('because it is read-only keeps its head and says so', async (context) => {
    const at = await lab();
    const { published } = await backup(at, { a: '1' }, 'one');
    const { stage, staged } = await stageOf(at, { a: '2' }, 'two');
    const change = await changeTo(at.destination, staged);
    try {
      execFileSync('mount', ['--bind', at.store, at.store], { stdio: 'ignore' });
      execFileSync('mount', ['-o', 'remount,ro,bind', at.store], { stdio: 'ignore' });
    } catch {
      return context.skip('a read-only mount cannot be made here');
    }
    try {
      expect(await at.destination.access(at.dir)).toMatchObject({ state: 'unwritable' });
      const refused = expect(at.destination.publish(change, stage)).rejects;
      await refused.toMatchObject({ code: 'DESTINATION_UNWRITABLE' });
      expect((await at.destination.head())?.commit).toBe(published.commit);
      expect((await at.destination.list(published.commit)).map((file) => file.path)).toContain('a');
    } finally {
      execFileSync('umount', ['-l', at.store]);
    }
    return undefined;
  });

  it('because a file stands in its way is refused in a sentence', async () => {
    const dir = scratch();
    writeFileSync(path.join(dir, 'file'), '');
    const options = {
      name: 'x',
      path: path.join(dir, 'file', 'backup.git'),
      prefix: '',
      gitHome: path.join(dir, 'home'),
    };
    await expect(createGitDestination(options).prepare()).rejects.toMatchObject({
      code: 'DESTINATION_UNWRITABLE',
    });
  });
});

function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself: then the new head stands.
  }
}
