// One node with two services: one whose restart helps, one whose restart fails.
import type { Kit, Plane } from '../scenario.js';
import { openService, type Service } from '../stand-ins/open-service.js';
import { countedCommand, type Counted } from './command.js';
import { lookFor } from './look.js';

export interface HealingSetting {
  readonly kit: Kit;
  readonly plane: Plane;
  readonly web: Service;
  readonly shop: Service;
  /** The restart of `shop`, which cannot. */
  readonly failing: Counted;
  /** Level 5, which needs a person. */
  readonly harsh: Counted;
}

/** Brakes are not what is tried here. */
export const LIMITS = { cooldown: '100ms', per_hour: 1000, per_day: 1000, recurrences: 1000, snooze: '1m' };

/** ms: what a person mended by hand counts as well after 6 s of good looks, 2 s apart. */
const CLEARS_WITHIN = 30_000;

export async function openSetting(kit: Kit): Promise<HealingSetting> {
  const web = await openService(kit, { name: 'web' });
  const shop = await openService(kit, { name: 'shop' });
  const failing = await countedCommand(kit, 'restart-shop-fails', ['echo "no such unit" >&2', 'exit 3']);
  const harsh = await countedCommand(kit, 'harsh', ['echo "restarted all"']);
  await web.start();
  await shop.start();
  const healing = {
    interval: '5s',
    services: [
      { ...probed('web', web), restart: [...web.restart] },
      { ...probed('shop', shop), restart: [...failing.argv] },
    ],
    levels: { 5: { permission: 'approve', run: [...harsh.argv] } },
    limits: LIMITS,
  };
  const plane = await kit.plane({
    node: 'ward',
    config: { 'healing.yaml': { healing } },
    files: { 'MEMORY.md': '# Memory\n' },
  });
  return { kit, plane, web, shop, failing, harsh };
}

/** A service with its probe, for healing.yaml. */
export function probed(name: string, { url }: Service): object {
  return { name, probe: { type: 'http', url }, grace: '3s' };
}

/** Nothing is wrong: the services answer and no incident is open. */
export async function steady({ plane, web, shop }: HealingSetting): Promise<string | null> {
  for (const service of [web, shop])
    if ((await service.pid()) === null) return `${service.url} does not answer`;
  return atRest(plane);
}

/** Until the monitor looks and no incident is open; a sentence when it does not come to that. */
export async function atRest(plane: Plane): Promise<string | null> {
  let open: readonly string[] = [];
  const rest = await lookFor(CLEARS_WITHIN, async () => {
    const { body } = await plane.get('/api/incidents');
    const { monitor, incidents } = body as Incidents;
    open = incidents.filter(({ ended }) => ended === null).map(({ id }) => id);
    return monitor.at !== null && open.length === 0;
  });
  if (rest !== null) return null;
  return open.length === 0 ? 'the monitor does not look' : `still open: ${open.join(', ')}`;
}

interface Incidents {
  readonly monitor: { readonly at: string | null };
  readonly incidents: readonly { readonly id: string; readonly ended: string | null }[];
}

/** Mends a service by our own hand, and waits until the plane is at rest again. */
export async function mend(plane: Plane, service: Service): Promise<void> {
  await service.start();
  await atRest(plane);
}
