// The first provider fails in one of several ways, under the eyes of a client that keeps asking.
import { setTimeout as sleep } from 'node:timers/promises';
import { failures, keepAsking } from '../client.js';
import { findingOf } from '../finding.js';
import type { Scenario } from '../scenario.js';
import { providerIncidents, steadyFailover, type FailoverSetting } from './setting.js';
import { clientFailovers, failoverTimes, tooSlow, touched } from './watch.js';

/** Between two calls of the client, ms. */
const EVERY_MS = 100;
/** Calls after the fault that have to go well. */
const CALLS = 8;
const PATIENCE_MS = 25_000;

interface Fault {
  readonly name: string;
  readonly hypothesis: string;
  readonly begin: (setting: FailoverSetting) => Promise<void>;
  /** Asked of the provider itself; null: it is well. */
  readonly prove: (setting: FailoverSetting) => Promise<string | null>;
  /** What must not last into the next scenario. */
  readonly end?: (setting: FailoverSetting) => Promise<void>;
}

/** Every call is to be answered by the other provider in time, and no client to see an error. */
function oneProvider({ name, hypothesis, begin, prove, end }: Fault): Scenario<FailoverSetting> {
  return {
    name,
    hypothesis,
    steady: steadyFailover,
    async play(setting) {
      const { kit, plane, primary, backup } = setting;
      const client = keepAsking(() => plane.http, EVERY_MS);
      await kit.until('the client is answered', 10_000, () => client.answers().length >= 3);
      // Between two calls, or in the middle of one.
      await sleep(kit.random() * 3 * EVERY_MS);
      await begin(setting);
      const fault = Date.now();
      const proof = await prove(setting);
      const later = () => touched(client.answers(), fault).filter(({ began }) => began >= fault);
      await kit
        .until(`${CALLS} calls after the fault`, PATIENCE_MS, () => later().length >= CALLS)
        .catch(() => undefined);
      const seen = touched(await client.stop(), fault);
      await end?.(setting);
      const others = seen.filter(({ began, provider }) => began >= fault && provider === backup.name);
      const failovers = clientFailovers(seen, primary);
      return findingOf({
        proof,
        broken: [
          failures(seen),
          tooSlow(seen),
          others.length < CALLS && `only ${others.length} of ${CALLS} calls were answered by ${backup.name}`,
        ],
        seen: `${seen.length} calls touched, all answered by ${backup.name}, the first after ${String(failovers[0])} ms`,
        times: await failoverTimes(plane, primary, fault, seen),
        incidents: await providerIncidents(plane, fault),
        failovers,
      });
    },
  };
}

export const providerRefused = oneProvider({
  name: 'provider-refused',
  hypothesis:
    'When the first provider is killed and its port refuses, every call is answered by the next one within 5 s, and no client sees an error.',
  begin: ({ primary }) => primary.kill(),
  async prove({ primary }) {
    const { status, error } = await primary.ask({ patience: 2000 });
    return status === null ? `asked by us, ${primary.url} answers: ${String(error)}` : null;
  },
});

export const provider500s = oneProvider({
  name: 'provider-500s',
  hypothesis:
    'When the first provider answers every call with 500, the next one answers within 5 s, and no client sees the 500.',
  begin: ({ primary }) => primary.fault('error'),
  async prove({ primary }) {
    const { status } = await primary.ask({ patience: 2000 });
    return status === 500 ? `asked by us, ${primary.url} answers 500` : null;
  },
});

const SILENCE_MS = 1500;

export const providerHang = oneProvider({
  name: 'provider-hang',
  hypothesis:
    'When the first provider takes calls and never answers them, the next one answers within 5 s, by asking it beside the silent one.',
  begin: ({ primary }) => primary.fault('hang'),
  async prove({ primary }) {
    const { status, error } = await primary.ask({ patience: SILENCE_MS });
    const { fault } = await primary.state();
    return status === null && fault === 'hang'
      ? `asked by us, ${primary.url} took the call and said nothing for ${SILENCE_MS / 1000} s (${String(error)}), and its process answers`
      : null;
  },
  // Its silent calls would go on for their whole time-out, and make it suspect again in the middle of what comes next.
  end: ({ primary }) => primary.kill(),
});
