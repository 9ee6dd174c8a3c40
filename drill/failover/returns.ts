// A provider that is well again gets its place back, by itself and without a call that fails for it.
import { failures, keepAsking } from '../client.js';
import { findingOf } from '../finding.js';
import type { Plane, Scenario } from '../scenario.js';
import { OPEN_MS } from '../stand-ins/open-llm.js';
import {
  breakerOf,
  providerIncidents,
  providersOf,
  steadyFailover,
  type FailoverSetting,
} from './setting.js';
import { clientFailovers, failoverTimes, tooSlow, touched } from './watch.js';

const EVERY_MS = 100;
const OPENS_MS = 10_000;
const BACK_MS = 2 * OPEN_MS + 4000;

export const providerReturns: Scenario<FailoverSetting> = {
  name: 'provider-returns',
  hypothesis: `When the first provider is back after its breaker has opened, a trial closes the breaker within ${BACK_MS / 1000} s, it serves again, and no client sees an error on the way.`,
  steady: steadyFailover,
  async play({ kit, plane, primary }) {
    const client = keepAsking(() => plane.http, EVERY_MS);
    await primary.kill();
    const fault = Date.now();
    const { status, error } = await primary.ask({ patience: 2000 });
    const opened = await kit
      .until('its breaker opens', OPENS_MS, async () => (await breakerOf(plane, primary)) === 'open')
      .catch(() => false);
    await primary.start();
    const returned = Date.now();
    const switches: string[] = [];
    const back = await kit
      .until(`${primary.name} serves again`, BACK_MS, async () => {
        const by = await takeSwitchBack(plane);
        if (by !== null) switches.push(by);
        return client
          .answers()
          .find(({ ok, provider, began }) => began >= returned && ok && provider === primary.name);
      })
      .catch(() => null);
    const closed = await kit
      .until('its breaker closes', 2000, async () => (await breakerOf(plane, primary)) === 'closed')
      .catch(() => false);
    const all = touched(await client.stop(), fault);
    const times = await failoverTimes(plane, primary, fault, all);
    return findingOf({
      proof: status === null ? `asked by us, ${primary.url} answers: ${String(error)}` : null,
      broken: [
        failures(all),
        tooSlow(all),
        !opened && 'its breaker did not open',
        back === null && `${primary.name} did not serve again within ${BACK_MS / 1000} s`,
        !closed && 'its breaker did not close',
      ],
      seen: `${all.length} calls answered without an error; ${primary.name} served again ${back === null ? '' : `${back.began - returned} ms`} after it was back${switches.length > 0 ? ', once the switch of the healer was taken back' : ''}`,
      times: { ...times, verified: back === null ? null : Math.round(back.began + back.ms) },
      incidents: await providerIncidents(plane, fault),
      failovers: clientFailovers(all, primary),
    });
  },
};

/**
 * Outages that follow each other are one long one for the healer, which then puts the backup first for an hour. That is as it should be,
 * and to take it back is a person's part. Who had switched; null: nobody.
 */
async function takeSwitchBack(plane: Plane): Promise<string | null> {
  const now = (await providersOf(plane)).switch;
  if (now === null) return null;
  await plane.nxs('provider', 'switch', '--primary');
  return now.by;
}
