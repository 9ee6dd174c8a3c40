// What lies in the repository is not what was put there: rot, and somebody who removed a file.
import { findingOf } from '../finding.js';
import { inconclusive, lookFor } from '../healing/look.js';
import type { Finding, Scenario } from '../scenario.js';
import { flipStored, removeFrom } from './damage.js';
import { fileIn } from './plain-git.js';
import { runNow } from './schedule.js';
import { eventAfter, filesOf, notHeld, RUN_WITHIN, steady, type BackupSetting } from './setting.js';

export const tampered: Scenario<BackupSetting> = {
  name: 'backup-tampered',
  hypothesis:
    'When stored bytes of a file change in the remote, the next verification finds it and the file is uploaded again within 45 s, and no other file is touched.',
  steady,
  play: (setting) => damaged(setting, (path) => flipStored(setting.disk, path)),
};

export const deleted: Scenario<BackupSetting> = {
  name: 'backup-deleted',
  hypothesis:
    'When a file is removed from the remote, the next verification finds it and the file is there again within 45 s, and the local file is not taken for deleted.',
  steady,
  play: (setting) => damaged(setting, (path) => removeFrom(setting.disk, path)),
};

async function damaged(
  { kit, plane, disk }: BackupSetting,
  harm: (path: string) => Promise<unknown>,
): Promise<Finding> {
  const before = await filesOf(plane);
  const names = [...before.keys()].sort();
  const victim = names[Math.floor(kit.random() * names.length)] ?? '';
  const bytes = before.get(victim);
  if (bytes === undefined) return inconclusive('there is no file to harm');
  await harm(victim);
  const fault = Date.now();
  const stored = await fileIn(disk, victim);
  if (stored?.equals(bytes) === true) return inconclusive(`git still reads ${victim} as it was`);
  kit.say(`${victim} is harmed in the remote`);
  await runNow(plane, 'verify');
  const found = await lookFor(RUN_WITHIN, () =>
    eventAfter(plane, 'backup.verified', fault, ({ outcome }) => outcome === 'not_green'),
  );
  const run = await lookFor(RUN_WITHIN, () =>
    eventAfter(plane, 'backup.finished', fault, ({ trigger }) => trigger === 'verification'),
  );
  const back = await lookFor(run === null ? 0 : 5_000, async () =>
    (await fileIn(disk, victim))?.equals(bytes),
  );
  const verified = back === null ? null : Date.now();
  const others = (await notHeld(plane, disk)).filter((path) => path !== victim);
  const after = await filesOf(plane);
  return findingOf({
    seen: `found by verification, uploaded again, read back by git: ${String(bytes.length)} bytes as they were`,
    proof: `git, asked by us, ${stored === null ? `cannot read ${victim}` : `reads other bytes of ${victim}`} in the remote`,
    times: {
      ...{ fault, detected: found?.at ?? null, decided: found?.at ?? null },
      ...{ acted: run?.at ?? null, verified },
    },
    broken: [
      found === null && 'no verification said that something is wrong',
      run === null && 'nothing was uploaded again',
      run !== null && run.data['outcome'] !== 'green' && 'the run that had to mend it is not green',
      back === null && `git does not read ${victim} as it was`,
      others.length > 0 && `other files are not as they were: ${others.join(', ')}`,
      after.get(victim)?.equals(bytes) !== true && `${victim} changed in the data directory`,
    ],
  });
}
