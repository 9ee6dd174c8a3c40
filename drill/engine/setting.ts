// A control plane whose own processes are killed, with a provider and a service that go on mattering meanwhile.
import { identify } from '../../adapters/files/process-identity.js';
import { ask } from '../client.js';
import type { Kit, Plane } from '../scenario.js';
import { openLlm, providerEntry, type Llm } from '../stand-ins/open-llm.js';
import { openService, type Service } from '../stand-ins/open-service.js';

export interface EngineSetting {
  readonly kit: Kit;
  readonly plane: Plane;
  readonly llm: Llm;
  readonly service: Service;
}

/** Everything of the control plane is to be back within this time, ms: the source document's target for a recovery. */
export const RECOVERY_MS = 30_000;

export async function openEngine(kit: Kit): Promise<EngineSetting> {
  const llm = await openLlm(kit, 'only');
  const service = await openService(kit, { name: 'bell', slow: 1 });
  await service.start();
  const plane = await kit.plane({
    node: 'engine',
    config: {
      'providers.yaml': { providers: [providerEntry(llm, 1)] },
      'healing.yaml': {
        healing: {
          services: [
            {
              name: 'bell',
              probe: { type: 'http', url: service.url },
              restart: [...service.restart],
              grace: '5s',
            },
          ],
        },
      },
    },
  });
  return { kit, plane, llm, service };
}

export async function steadyEngine({ plane, service }: EngineSetting): Promise<string | null> {
  if ((await plane.get('/readyz')).status !== 200) return 'the control plane is not ready';
  const { ok, error } = await ask(plane.http);
  if (!ok) return `the gateway does not answer (${String(error)})`;
  return (await service.pid()) === null ? 'the service does not answer' : null;
}

/** Through the durable lane: worker and Temporal have to do their part for an answer. */
export async function asksDurably(plane: Plane): Promise<boolean> {
  return (await plane.nxs('ask', 'hello')).code === 0;
}

/** True when there is no such process (any more), or only what is left of one that nobody has reaped. */
export async function isGone(pid: number): Promise<boolean> {
  return (await identify(pid)) === null;
}

/** Time of the first event of that type at or after `from`, ms since the epoch. */
export async function firstAt(plane: Plane, type: string, from: number): Promise<number | null> {
  const events = await plane.journal([type]);
  const found = events.find(({ at }) => Date.parse(at) >= from);
  return found === undefined ? null : Date.parse(found.at);
}
