// One control plane with two providers, both real servers of the drill's own, and what is asked of them in every scenario.
import { ask, type Answer } from '../client.js';
import type { Kit, Plane } from '../scenario.js';
import { openLlm, providerEntry, type Llm } from '../stand-ins/open-llm.js';

export interface FailoverSetting {
  readonly kit: Kit;
  readonly plane: Plane;
  readonly primary: Llm;
  readonly backup: Llm;
}

export async function openFailover(kit: Kit): Promise<FailoverSetting> {
  const primary = await openLlm(kit, 'primary');
  const backup = await openLlm(kit, 'backup');
  const plane = await kit.plane({
    node: 'failover',
    config: {
      'providers.yaml': {
        providers: [providerEntry(primary, 1), providerEntry(backup, 2)],
        failover: { global_timeout: '30s' },
      },
    },
  });
  return { kit, plane, primary, backup };
}

/** Warm answers from which the gateway learns what silence means (docs/failover.md, "Silence, hedging and limits"). */
const WARM = 6;

/** Brings everything back that an earlier scenario took away; a sentence when the first provider does not serve then. */
export async function steadyFailover({ plane, primary, backup }: FailoverSetting): Promise<string | null> {
  for (const llm of [primary, backup]) {
    await llm.start();
    await llm.fault('none');
  }
  await plane.nxs('provider', 'reset');
  if ((await providersOf(plane)).switch !== null) await plane.nxs('provider', 'switch', '--primary');
  let last: Answer | null = null;
  for (let call = 0; call < WARM; call += 1) last = await ask(plane.http, { stream: true });
  if (last?.ok !== true) return `the gateway does not answer (${last?.error ?? 'no call'})`;
  if (last.provider !== primary.name) return `${String(last.provider)} answers instead of ${primary.name}`;
  return null;
}

export interface ProvidersView {
  readonly switch: { readonly to: string; readonly by: string } | null;
  readonly providers: readonly { readonly name: string; readonly state: string }[];
}

/** `GET /api/providers`. */
export async function providersOf(plane: Plane): Promise<ProvidersView> {
  return (await plane.get('/api/providers')).body as ProvidersView;
}

export async function breakerOf(plane: Plane, { name }: Llm): Promise<string | null> {
  const { providers } = await providersOf(plane);
  return providers.find((each) => each.name === name)?.state ?? null;
}

/** How long before a fault the one of the scenario before may have been noticed, ms. */
const BEFORE_MS = 5000;

/** Incidents about the providers since `from`, ms: breakers that are open for long, or again and again, are one, and were meant. */
export async function providerIncidents(plane: Plane, from: number): Promise<readonly string[]> {
  const events = await plane.journal(['healing.detected']);
  return events
    .filter(({ data, at }) => data['subject'] === 'providers' && Date.parse(at) >= from - BEFORE_MS)
    .map(({ data }) => String(data['incident']));
}
