// Files are gone or spoilt here: what comes back has to be exactly what was there.
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findingOf } from '../finding.js';
import { inconclusive } from '../healing/look.js';
import type { Scenario } from '../scenario.js';
import { eventAfter, filesOf, steady, type BackupSetting } from './setting.js';

export const restored: Scenario<BackupSetting> = {
  name: 'restore-exact',
  hypothesis:
    'When local files are lost and overwritten, a restore brings back exactly their bytes within 30 s, and files that are well are not touched.',
  steady,
  async play({ plane, kit }) {
    const before = await filesOf(plane);
    const spoilt = join(plane.dataDir, 'MEMORY.md');
    const lost = [...before.keys()].filter((path) => path.startsWith('memory/'));
    for (const path of lost) await rm(join(plane.dataDir, path));
    await writeFile(spoilt, `garbage ${String(kit.random())}\n`);
    const fault = Date.now();
    const isThere = lost.some((path) => existsSync(join(plane.dataDir, path)));
    if (
      isThere ||
      lost.length === 0 ||
      (await readFile(spoilt)).equals(before.get('MEMORY.md') ?? Buffer.of())
    )
      return inconclusive('the files are still there');
    const said = await plane.nxs('backup', 'restore', 'MEMORY.md', 'memory');
    const event = await eventAfter(plane, 'restore.finished', fault);
    const after = await filesOf(plane);
    const wrong = [...before].filter(([path, bytes]) => after.get(path)?.equals(bytes) !== true);
    const names = wrong.map(([path]) => path).join(', ');
    const verified = wrong.length === 0 ? Date.now() : null;
    await settle();
    return findingOf({
      seen: `${String(lost.length + 1)} files are back byte by byte, and the others are as they were`,
      proof: `${String(lost.length)} files are not there and MEMORY.md is garbage, read from the disk`,
      // A person finds it, and asks for it.
      times: { fault, detected: fault, decided: fault, acted: event?.at ?? null, verified },
      broken: [
        said.code !== 0 && `the restore ended with exit code ${String(said.code)}`,
        wrong.length > 0 && `not as they were: ${names}`,
        after.size !== before.size && 'files are there that nobody wrote',
      ],
    });

    /** Sync waits for a word on what was restored; here it is meant. */
    async function settle(): Promise<void> {
      const { json } = await plane.nxs('sync', 'run');
      const pending =
        (json as { readonly pending?: readonly { readonly token: string }[] } | null)?.pending ?? [];
      for (const { token } of pending) await plane.nxs('sync', 'approve', token);
    }
  },
};
