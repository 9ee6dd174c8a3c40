// Both nodes change the same file while they do not see each other.
import { findingOf } from '../finding.js';
import { inconclusive, lookFor } from '../healing/look.js';
import type { Finding, Scenario } from '../scenario.js';
import {
  blobOf,
  cutOff,
  cycleAfter,
  letBack,
  missingIn,
  read,
  reaches,
  steady,
  write,
  WITHIN,
  type SyncSetting,
} from './setting.js';

const FILE = 'notes/plan.md';
const LOG = 'LOG.md';

export const conflict: Scenario<SyncSetting> = {
  name: 'sync-conflict',
  hypothesis:
    'When two nodes change the same file apart, both have the later version within 30 s of meeting again, the other version is kept and on record, and a log has the entries of both.',
  steady,
  async play(setting) {
    const { home, cloud, kit } = setting;
    const tag = String(kit.random());
    await write(home, FILE, `before ${tag}\n`);
    await write(home, LOG, '## 2026-01-01 Begin\n\nB.\n');
    if ((await reaches(cloud, FILE, `before ${tag}\n`)) === null)
      return inconclusive('the file that both change did not reach both');
    await reaches(cloud, LOG, '## 2026-01-01 Begin\n\nB.\n');
    const words = [await cutOff(setting, home), await cutOff(setting, cloud)];
    try {
      return await apart(setting, words, tag);
    } finally {
      // Already back when all went as meant.
      for (const plane of [home, cloud]) await letBack(setting, plane).catch(() => undefined);
    }
  },
};

async function apart(setting: SyncSetting, words: readonly (string | null)[], tag: string): Promise<Finding> {
  const { home, cloud, hub } = setting;
  if (words.includes(null)) return inconclusive('a node still sees the hub');
  const ofHome = `changed at home ${tag}\n`;
  const ofCloud = `changed in the cloud ${tag}\n`;
  await write(home, FILE, ofHome);
  await write(home, LOG, '## 2026-01-01 Begin\n\nB.\n\n## 2026-01-03 Of home\n\nH.\n');
  await home.nxs('sync', 'run');
  await write(cloud, FILE, ofCloud);
  await write(cloud, LOG, '## 2026-01-01 Begin\n\nB.\n\n## 2026-01-02 Of cloud\n\nC.\n');
  await cloud.nxs('sync', 'run');
  if ((await read(home, FILE)) !== ofHome || (await read(cloud, FILE)) !== ofCloud)
    return inconclusive('the two versions are not both there');
  const fault = Date.now();
  for (const plane of [home, cloud]) await letBack(setting, plane);
  for (const plane of [home, cloud]) await plane.nxs('sync', 'run');
  const same = await lookFor(WITHIN, async () => {
    const texts = await Promise.all([home, cloud].map((plane) => read(plane, FILE)));
    return texts.every((text) => text === ofCloud);
  });
  const entries = ['## 2026-01-01 Begin', '## 2026-01-02 Of cloud', '## 2026-01-03 Of home'];
  const logs = await lookFor(same === null ? 0 : WITHIN, async () => {
    const texts = await Promise.all([home, cloud].map((plane) => read(plane, LOG)));
    return texts.every((text) => (text?.match(/^## .*$/gm) ?? []).join() === entries.join());
  });
  const verified = same === null || logs === null ? null : Date.now();
  const lost = await missingIn(hub, [ofHome, ofCloud]);
  const isOnRecord = await lookFor(5_000, async () => recorded(setting, ofHome));
  const met = await firstConflict(setting, fault);
  return findingOf({
    seen: 'both have the later version, the earlier one lies in the hub and on record, and the log has all entries once',
    proof: `each node had its own version, read from both disks, while ${words.join('; ')}`,
    times: { fault, detected: met, decided: met, acted: met, verified },
    broken: [
      same === null && `not both have the later version: ${await versions(setting)}`,
      lost.length > 0 && `${String(lost.length)} of the two versions is nowhere in the hub, read by git`,
      isOnRecord === null && 'the version that lost is not on record (nxs sync log)',
      logs === null && 'the log does not have the entries of both, once each',
    ],
  });
}

async function versions({ home, cloud }: SyncSetting): Promise<string> {
  const texts = await Promise.all([home, cloud].map((plane) => read(plane, FILE)));
  return texts.map((text) => JSON.stringify(text)).join(' and ');
}

/** A merge that names the version which lost, on the node that decided. */
async function recorded({ home, cloud }: SyncSetting, text: string): Promise<boolean> {
  for (const plane of [home, cloud]) {
    const { json } = await plane.nxs('sync', 'log', '--path', FILE);
    const { entries } = json as { readonly entries: readonly { readonly lost: unknown }[] };
    if (entries.some(({ lost }) => JSON.stringify(lost).includes(blobOf(text).slice(0, 12)))) return true;
  }
  return false;
}

async function firstConflict({ home, cloud }: SyncSetting, since: number): Promise<number | null> {
  const seen = await Promise.all(
    [home, cloud].map((plane) => cycleAfter(plane, since, ({ conflicts }) => Number(conflicts) > 0, 0)),
  );
  const times = seen.filter((each) => each !== null);
  return times.length === 0 ? null : Math.min(...times);
}
