// What `nxs backup status` shows of a destination behind an account. That a wait is told with its reason rests on the scripted
// limits in front of the emulator.
import { describe, expect, it } from 'vitest';
import { checkAccess } from '../../activities/backup/access.js';
import { fill } from '../support/e2e-place.js';
import { freshPorts, runBackup, verify } from '../support/e2e-plain.js';
import { blobId } from '../support/github/client.js';
import { githubLab, type GithubLab } from '../support/github-place.js';
import { viewBackups, type BackupView } from '../../workers/backup-view.js';
import { standing } from '../../workers/offline.js';

async function statusOf({ config }: GithubLab): Promise<BackupView['destinations'][number]> {
  const [gh] = (await viewBackups(config, Date.now())).destinations;
  if (gh === undefined) throw new Error('the status has no destination');
  return gh;
}

describe('the status of a destination', () => {
  it('has the five checks, each with what it found last', async () => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, { one: '1', two: '2' });
    expect((await statusOf(lab)).checks.map(({ result }) => result)).toEqual([
      ...['unknown', 'unknown', 'unknown', 'unknown'],
      'bad',
    ]);
    await runBackup(lab.config);
    const look = (run: string) =>
      checkAccess(
        freshPorts(lab.config),
        { run },
        standing(() => undefined),
      );
    await look('access-1');
    const { checks } = await statusOf(lab);
    expect(checks.map(({ check, result }) => [check, result])).toEqual([
      ['exists', 'good'],
      ['hash', 'good'],
      ['size', 'good'],
      ['access', 'good'],
      ['recency', 'good'],
    ]);
    expect(checks.map(({ at }) => at)).not.toContain(null);
    expect(checks[0]?.detail).toBe('2 of 2 files');
    lab.github.revoke(lab.github.token);
    await look('access-2');
    const access = (await statusOf(lab)).checks.find(({ check }) => check === 'access');
    expect(access).toMatchObject({ result: 'bad', detail: expect.stringMatching(/^denied: /) as string });
  });

  it('is not proved once a verification found a file wrong, until a run has mended it', async () => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, { one: 'good', two: '2' });
    await runBackup(lab.config);
    lab.github.set({ rewriteHeals: true });
    lab.github.rot(lab.repo, blobId(Buffer.from('good')));
    await verify(lab.config, 'full');
    const { state, note, checks, files } = await statusOf(lab);
    expect({ state, note }).toEqual({
      state: 'not_proved',
      note: 'the last verification found 1 file wrong; nxs backup run mends and proves them again',
    });
    expect(checks.find(({ check }) => check === 'hash')).toMatchObject({
      result: 'bad',
      detail: '1 of 2 files',
    });
    expect(files.map(({ file, status }) => [file, status])).toEqual([
      ['one', 'MISMATCH'],
      ['two', 'VERIFIED'],
    ]);
    await runBackup(lab.config);
    expect(await statusOf(lab)).toMatchObject({ state: 'proved' });
  });

  it('has the wait and its reason while the server lets nothing through, also in another process', async () => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, { one: '1' });
    expect((await statusOf(lab)).waiting).toBeNull();
    lab.github.next({ kind: 'secondary', retryAfter: 600 });
    const before = Date.now();
    await runBackup(lab.config);
    const { waiting } = await statusOf(lab);
    expect(waiting?.reason).toContain('GitHub asked to wait');
    expect(Date.parse(waiting?.until ?? '')).toBeGreaterThanOrEqual(before + 600_000);
  });
});
