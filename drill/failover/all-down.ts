// Nobody is there: that is said at once, and ends by itself when somebody is.
import { ask, type Answer } from '../client.js';
import { findingOf } from '../finding.js';
import type { Scenario } from '../scenario.js';
import { OPEN_MS } from '../stand-ins/open-llm.js';
import { providerIncidents, steadyFailover, type FailoverSetting } from './setting.js';

const CALLS = 5;
/** An error that comes later than this is no quick one, ms. */
const FAST_MS = 2000;
/** A breaker waits for one open time, and for one more while the monitor still finds the provider gone. */
const BACK_MS = 2 * OPEN_MS + 4000;

export const allProvidersDown: Scenario<FailoverSetting> = {
  name: 'all-providers-down',
  hypothesis: `When no provider is there, each call gets a clear 503 within ${FAST_MS / 1000} s, and when one is back, calls are answered within ${BACK_MS / 1000} s without anybody's doing.`,
  steady: steadyFailover,
  async play({ kit, plane, primary, backup }) {
    await Promise.all([primary.kill(), backup.kill()]);
    const fault = Date.now();
    const direct = [await primary.ask(), await backup.ask()];
    const refused: Answer[] = [];
    for (let call = 0; call < CALLS; call += 1) refused.push(await ask(plane.http));
    const [first] = refused;
    await backup.start();
    const returned = Date.now();
    const good = await kit
      .until('a call is answered again', BACK_MS, async () => {
        const answer = await ask(plane.http);
        return answer.ok && answer;
      })
      .catch(() => null);
    const slowest = Math.max(...refused.map(({ ms }) => ms));
    return findingOf({
      proof: direct.every(({ status }) => status === null)
        ? `asked by us, ${primary.url} and ${backup.url} answer: ${String(direct[0]?.error)}`
        : null,
      broken: [
        refused.some(({ ok }) => ok) && 'a call was answered although nobody was there',
        refused.some(({ status }) => status !== 503) &&
          `a call ended with ${String(refused.find(({ status }) => status !== 503)?.status)} instead of 503`,
        refused.some(({ error }) => error !== 'no_provider_available') &&
          `the error is "${String(first?.error)}" instead of no_provider_available`,
        slowest > FAST_MS && `an error took ${(slowest / 1000).toFixed(1)} s`,
        good === null && `no call was answered within ${BACK_MS / 1000} s after ${backup.name} was back`,
      ],
      seen: `${CALLS} calls got no_provider_available within ${Math.ceil(slowest)} ms; ${backup.name} was back, and answered ${good === null ? '' : `${Math.round(good.began + good.ms - returned)} ms later`}`,
      times: {
        fault,
        detected: first === undefined ? null : Math.round(first.began + first.ms),
        decided: null,
        acted: null,
        verified: good === null ? null : Math.round(good.began + good.ms),
      },
      incidents: await providerIncidents(plane, fault),
    });
  },
};
