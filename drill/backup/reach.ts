// A place that cannot be reached: the disk is not there, the token counts no more. Nothing may be made in its place, nothing called
// good, and what changed meanwhile has to follow.
import { existsSync } from 'node:fs';
import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findingOf } from '../finding.js';
import { inconclusive, lookFor } from '../healing/look.js';
import type { Finding, Scenario } from '../scenario.js';
import { tryGit } from './plain-git.js';
import { runNow } from './schedule.js';
import { askServer, eventAfter, filesOf, notHeld, steady, type BackupSetting } from './setting.js';

export const remoteGone: Scenario<BackupSetting> = {
  name: 'remote-gone',
  hypothesis:
    'When a remote is not there, the access check says so within 30 s and nothing is made in its place; when it is back, the next run is green and brings what changed meanwhile.',
  steady,
  async play(setting) {
    const { disk } = setting;
    const away = `${disk}.away`;
    await rename(disk, away);
    const fault = Date.now();
    const { stderr, code } = await tryGit(disk, ['rev-parse', '--verify', 'main']);
    const said = code === 0 ? null : (stderr.split('\n')[0] ?? '').replaceAll(disk, 'its place');
    return unreachable(setting, {
      ...{ name: 'disk', dir: disk, fault },
      proof: said === null ? null : `git says of the remote: ${said}`,
      meanwhile: () => [existsSync(disk) && 'another repository was made where the remote had been'],
      mend: () => rename(away, disk),
    });
  },
};

export const tokenRevoked: Scenario<BackupSetting> = {
  name: 'token-revoked',
  hypothesis:
    'When the token of a remote is revoked, the access check says that it is refused within 30 s and no file is lost; when it counts again, the next run is green.',
  steady,
  async play(setting) {
    const { server } = setting;
    await writeFile(server.tokens, '');
    const fault = Date.now();
    const status = await askServer(server);
    return unreachable(setting, {
      ...{ name: 'server', dir: server.dir, fault },
      proof: status === 401 ? 'the server answers 401 to the token of the node, asked by us' : null,
      meanwhile: ({ state }) => [state !== 'denied' && `the access is called ${state} where it is denied`],
      mend: () => writeFile(server.tokens, server.token),
    });
  },
};

interface Fault {
  /** The destination. */
  readonly name: string;
  /** Its repository, to be read by git. */
  readonly dir: string;
  readonly fault: number;
  readonly proof: string | null;
  /** Promises that are broken while it is away. */
  meanwhile(access: { readonly state: string }): readonly (string | false)[];
  mend(): Promise<void>;
}

async function unreachable(setting: BackupSetting, about: Fault): Promise<Finding> {
  const { plane, kit } = setting;
  const { name, dir, fault, proof } = about;
  const changed = join(plane.dataDir, 'memory/a.md');
  await appendFile(changed, `\nwritten while ${name} was away, ${String(kit.random())}\n`);
  const written = await filesOf(plane);
  await runNow(plane, 'backup-hourly');
  const told = await lookFor(30_000, () =>
    eventAfter(plane, 'backup.access', fault, (data) => stateOf(data, name) !== 'ok'),
  );
  const looked = await plane.nxs('backup', 'verify', '--quick');
  const checks = about.meanwhile({ state: told === null ? 'good' : stateOf(told.data, name) });
  const lost = [...written.keys()].filter((path) => !existsSync(join(plane.dataDir, path)));
  await about.mend();
  if (proof === null) return inconclusive(`${name} could still be reached`);
  const asked = Date.now();
  const run = await plane.nxs('backup', 'run');
  const green = await eventAfter(plane, 'backup.finished', asked, ({ outcome }) => outcome === 'green');
  const there = await lookFor(5_000, async () => (await notHeld(plane, dir)).length === 0);
  const verified = there === null ? null : Date.now();
  const detected = told?.at ?? null;
  return findingOf({
    seen: `told, nothing lost, and the next run brought what changed meanwhile (read by git)`,
    proof,
    times: { fault, detected, decided: detected, acted: green?.at ?? null, verified },
    broken: [
      told === null && `nobody said that ${name} cannot be reached`,
      looked.code !== 1 &&
        `a verification of a place that is away ended with exit code ${String(looked.code)}`,
      ...checks,
      lost.length > 0 && `local files are gone: ${lost.join(', ')}`,
      (run.code !== 0 || green === null) &&
        `the run after it came back ended with exit code ${String(run.code)}`,
      there === null && 'git does not read every file as it is in the data directory',
    ],
  });
}

/** What the access check said of one destination. */
function stateOf(data: Readonly<Record<string, unknown>>, name: string): string {
  const all = data['destinations'] as readonly { readonly name: string; readonly state: string }[];
  return all.find((each) => each.name === name)?.state ?? 'ok';
}
