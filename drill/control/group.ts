// The negative control: nothing is wrong, so nothing may be done. It lasts as long as the other groups, on the same busy machine.
import { setTimeout as sleep } from 'node:timers/promises';
import { findingOf } from '../finding.js';
import type { Finding, Group } from '../scenario.js';
import { failures, keepAsking, type Client } from '../client.js';
import { filesOf, sameFiles } from './files.js';
import { openControl, steadyControl, type ControlSetting } from './setting.js';
import { notQuiet } from './quiet.js';

const EVERY_MS = 500;
const LOOKS_MS = 1000;

export interface ControlTimes {
  /** Settles when the other groups are through. */
  readonly others: Promise<void>;
  /** ms that it lasts at least, and at most. */
  readonly least: number;
  readonly most: number;
}

export function controlGroup(times: ControlTimes): Group<ControlSetting> {
  return {
    name: 'control',
    scenarios: [
      {
        name: 'nothing-wrong',
        hypothesis:
          'When nothing is wrong, nothing is done: no incident, no act, no failover, no restart, no notice, and no file changes.',
        steady: steadyControl,
        play: (setting) => play(setting, times),
      },
    ],
    open: openControl,
  };
}

async function play(setting: ControlSetting, times: ControlTimes): Promise<Finding> {
  const { plane, primary, service } = setting;
  const from = Date.now();
  const before = { pid: await service.pid(), files: await filesOf(plane.dataDir), pids: await plane.pids() };
  const client = keepAsking(() => plane.http, EVERY_MS);
  let looks = 0;
  let bad = 0;
  const timer = setInterval(() => {
    void service.pid().then((pid) => {
      looks += 1;
      if (pid !== before.pid) bad += 1;
    });
  }, LOOKS_MS);
  await lastsUntil(client, times);
  clearInterval(timer);
  const answers = await client.stop();
  const after = await plane.pids();
  const acts = (await plane.journal()).filter(({ at }) => Date.parse(at) >= from).flatMap(notQuiet);
  const others = answers.filter(({ ok, provider }) => ok && provider !== primary.name);
  const seconds = Math.round((Date.now() - from) / 1000);
  return findingOf({
    proof:
      looks > 0 && bad === 0
        ? `for ${seconds} s nothing was wrong: asked by us, the service answered ${looks} of ${looks} times from the same process`
        : null,
    broken: [
      ...acts,
      failures(answers),
      others.length > 0 && `${others.length} calls were answered by ${String(others[0]?.provider)}`,
      (await service.restarts()) > 0 && 'the service was restarted',
      (after.worker !== before.pids.worker || after.temporal !== before.pids.temporal) &&
        'a process of the control plane was restarted',
      sameFiles(before.files, await filesOf(plane.dataDir)),
    ],
    seen: `${seconds} s, ${answers.length} calls answered by ${primary.name}, ${before.files.size} files as they were, nothing done`,
  });
}

/** Until the others are through, within its own bounds. */
async function lastsUntil(client: Client, { others, least, most }: ControlTimes): Promise<void> {
  const began = Date.now();
  const over = new AbortController();
  const wait = (ms: number) => sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([Promise.all([others, wait(least)]), wait(most)]);
  over.abort();
  const calls = client.answers().length;
  if (calls === 0) throw new Error(`no call ended in ${Date.now() - began} ms`);
}
