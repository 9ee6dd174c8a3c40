// A whole control plane with a destination on a GitHub: what a person sees while it waits, and after its worker died. That a
// server asks for a wait rests on the scripted layer; the emulator never does.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fill } from '../support/e2e-place.js';
import { githubLab } from '../support/github-place.js';
import { startPlane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

interface Status {
  readonly destinations: readonly {
    readonly name: string;
    readonly waiting: { readonly until: string; readonly reason: string } | null;
  }[];
}

it('a wait that the server asks for is shown, outlives the worker, and nothing travels twice', async () => {
  const lab = await githubLab();
  await fill(lab.place.dataDir, {
    'MEMORY.md': '# Memory\n',
    'memory/a.md': 'a\n',
    'b.bin': Buffer.alloc(4_000),
  });
  const plane = await startPlane({ place: lab.place });
  try {
    await plane.ready();
    await until(() => plane.output().includes('backup of 3 files'), 60_000);
    await writeFile(join(lab.place.dataDir, 'c.bin'), Buffer.alloc(5_000));
    lab.counted();
    // The blob is taken; the tree is what it has to wait with.
    lab.github.next({ kind: 'secondary', retryAfter: 12, match: /POST .*git\/trees/ });
    const running = plane.nxs('backup', 'run', '--json');
    const waiting = await until(async () => {
      const status = (await plane.nxs('backup', 'status', '--json')).json() as unknown as Status;
      return status.destinations.find(({ name }) => name === 'gh')?.waiting ?? null;
    }, 20_000);
    expect(waiting.reason).toBe('GitHub asked to wait (retry-after)');
    expect(Date.parse(waiting.until)).toBeGreaterThan(Date.now());

    const { pids } = await plane.run();
    process.kill(pids.worker ?? 0, 'SIGKILL');
    const run = await running;
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(waiting.until) - 1_000);
    expect((await plane.run()).pids.worker).not.toBe(pids.worker);
    const record = run.json() as { outcome: string; workflow_id: string };
    expect(record.outcome).toBe('green');
    const { routes } = lab.counted();
    expect(routes['POST /repos/{owner}/{repo}/git/blobs']).toBe(1);
    expect(routes['POST /repos/{owner}/{repo}/git/commits']).toBe(1);
    const after = (await plane.nxs('backup', 'status', '--json')).json() as unknown as Status;
    expect(after.destinations.find(({ name }) => name === 'gh')?.waiting).toBeNull();
  } finally {
    await plane.dispose();
  }
}, 150_000);
