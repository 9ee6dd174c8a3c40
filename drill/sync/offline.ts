// One node does not see the hub for a while; it and the others go on.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileIn } from '../backup/plain-git.js';
import { findingOf } from '../finding.js';
import { inconclusive, lookFor } from '../healing/look.js';
import type { Finding, Scenario } from '../scenario.js';
import {
  cutOff,
  cycleAfter,
  letBack,
  reaches,
  read,
  steady,
  write,
  WITHIN,
  type SyncSetting,
} from './setting.js';

export const offlineNode: Scenario<SyncSetting> = {
  name: 'sync-offline-node',
  hypothesis:
    'When one node does not reach the hub, it says so and the others go on; within 30 s of being back it has every change of the others, and they have its own.',
  steady,
  async play(setting) {
    const { home, cloud } = setting;
    await write(home, 'notes/gone.md', 'to be deleted\n');
    if ((await reaches(cloud, 'notes/gone.md', 'to be deleted\n')) === null)
      return inconclusive('the file that is deleted later did not reach both');
    const words = await cutOff(setting, cloud);
    const fault = Date.now();
    const back = { is: false };
    try {
      return await whileAway(setting, words, fault, back);
    } finally {
      if (!back.is) await letBack(setting, cloud);
    }
  },
};

async function whileAway(
  setting: SyncSetting,
  words: string | null,
  fault: number,
  back: { is: boolean },
): Promise<Finding> {
  const { home, cloud, hub, kit } = setting;
  if (words === null) return inconclusive('the node still sees the hub');
  const text = (what: string) => `${what} ${String(kit.random())}\n`;
  const news = ['one', 'two', 'three'].map((name) => [`notes/${name}.md`, text(name)] as const);
  const own = ['notes/of-cloud.md', text('own')] as const;
  for (const [path, content] of news) await write(home, path, content);
  await rm(join(home.dataDir, 'notes/gone.md'));
  await write(cloud, ...own);
  await cloud.nxs('sync', 'run');
  const told = await cycleAfter(cloud, fault, ({ state }) => state === 'offline');
  const published = await lookFor(WITHIN, async () => {
    const texts = await Promise.all(news.map(async ([path]) => (await fileIn(hub, path))?.toString('utf8')));
    return texts.every((content, index) => content === news[index]?.[1]);
  });
  const early = await Promise.all(news.map(([path]) => read(cloud, path)));
  await letBack(setting, cloud);
  back.is = true;
  const returned = Date.now();
  const came = await Promise.all([
    ...news.map(([path, content]) => reaches(cloud, path, content)),
    reaches(cloud, 'notes/gone.md', null),
    reaches(home, ...own),
  ]);
  const isWell = !came.includes(null);
  const verified = isWell ? Date.now() : null;
  const acted = await cycleAfter(cloud, returned, ({ state }) => state === 'ok', isWell ? 5_000 : 0);
  return findingOf({
    seen: 'said by the node itself, the other one went on, and both have everything since it is back',
    proof: `git says: ${words}; nothing of what the other one wrote was there`,
    times: { fault, detected: told, decided: told, acted, verified },
    broken: [
      told === null && 'the node did not say that it is offline',
      !early.every((content) => content === null) && 'the node had the changes while it was away',
      published === null && 'the other node did not go on: its changes are not in the hub',
      !came.slice(0, -2).every((each) => each !== null) && 'the node lacks changes of the other one',
      came.at(-2) === null && 'a deleted file is still on the node that was away',
      came.at(-1) === null && 'what the node wrote while it was away did not reach the other one',
    ],
  });
}
