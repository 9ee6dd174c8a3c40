// A provider that asks for a pause gets it; that is not a failure of it.
import { failures, keepAsking } from '../client.js';
import { findingOf } from '../finding.js';
import type { Scenario } from '../scenario.js';
import { RETRY_AFTER } from '../stand-ins/llm-fault.js';
import { breakerOf, providerIncidents, steadyFailover, type FailoverSetting } from './setting.js';
import { clientFailovers, failoverTimes, tooSlow, touched } from './watch.js';

const EVERY_MS = 100;
/** Part of the pause in which it is watched, ms. */
const WATCHED_MS = RETRY_AFTER * 1000 - 500;
const BACK_MS = RETRY_AFTER * 1000 + 5000;

export const providerRateLimited: Scenario<FailoverSetting> = {
  name: 'provider-rate-limited',
  hypothesis: `When the first provider answers 429 with retry-after: ${RETRY_AFTER}, the next one answers, the first is left alone for that time, its breaker stays closed, and it serves again by itself.`,
  steady: steadyFailover,
  async play({ kit, plane, primary, backup }) {
    await primary.fault('rate-limited');
    const { status } = await primary.ask();
    const fault = Date.now();
    const before = (await primary.state()).chats;
    const client = keepAsking(() => plane.http, EVERY_MS);
    await kit.until('the pause', 10_000, () => Date.now() >= fault + WATCHED_MS);
    const asked = (await primary.state()).chats - before;
    const breaker = await breakerOf(plane, primary);
    await primary.fault('none');
    const back = await kit
      .until(`${primary.name} serves again`, BACK_MS, () =>
        client.answers().find(({ ok, provider }) => ok && provider === primary.name),
      )
      .catch(() => null);
    const all = touched(await client.stop(), fault);
    const paused = all.filter(({ began }) => began < fault + WATCHED_MS);
    return findingOf({
      proof: status === 429 ? `asked by us, ${primary.url} answers 429` : null,
      broken: [
        failures(all),
        tooSlow(all),
        paused.some(({ provider }) => provider !== backup.name) && `not all were answered by ${backup.name}`,
        asked > 1 && `${primary.name} was asked ${asked} times in the pause that it wanted`,
        breaker !== 'closed' && `its breaker is ${String(breaker)}: a limit was taken for a failure`,
        back === null && `${primary.name} did not serve again within ${BACK_MS / 1000} s`,
      ],
      seen: `${all.length} calls answered, ${paused.length} of them by ${backup.name} in the pause, in which ${primary.name} was asked ${asked === 1 ? 'once' : `${asked} times`}; it served again ${((back?.began ?? fault) - fault) / 1000} s after`,
      times: await failoverTimes(plane, primary, fault, all),
      incidents: await providerIncidents(plane, fault),
      failovers: clientFailovers(all, primary),
    });
  },
};
