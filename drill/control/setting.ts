// A whole control plane with something of everything: two providers, a service, files that are backed up and synced.
import { ask } from '../client.js';
import type { Kit, Plane } from '../scenario.js';
import { openLlm, providerEntry, type Llm } from '../stand-ins/open-llm.js';
import { openService, type Service } from '../stand-ins/open-service.js';

export interface ControlSetting {
  readonly plane: Plane;
  readonly primary: Llm;
  readonly service: Service;
}

const FILES: Readonly<Record<string, string>> = {
  'MEMORY.md': '# Memory\n\nNothing happened.\n',
  'DECISION-LOG.md': '# Decisions\n\n- none\n',
  'memory/today.md': 'a quiet day\n',
  'tasks/one.md': '- [ ] wait\n',
};

/** A first look at everything is done within this time, ms. */
const SETTLES_MS = 45_000;

export async function openControl(kit: Kit): Promise<ControlSetting> {
  const primary = await openLlm(kit, 'primary');
  const backup = await openLlm(kit, 'backup');
  const service = await openService(kit, { name: 'bell' });
  await service.start();
  const probe = { type: 'http', url: service.url };
  const plane = await kit.plane({
    node: 'control',
    config: {
      'providers.yaml': { providers: [providerEntry(primary, 1), providerEntry(backup, 2)] },
      'healing.yaml': {
        healing: { services: [{ name: 'bell', probe, restart: [...service.restart] }] },
      },
    },
    files: FILES,
  });
  await kit.until('the first backup and the first sync', SETTLES_MS, async () => {
    const types = new Set((await plane.journal()).map(({ type }) => type));
    return types.has('backup.finished') && types.has('sync.finished');
  });
  return { plane, primary, service };
}

export async function steadyControl({ plane, primary, service }: ControlSetting): Promise<string | null> {
  if ((await plane.get('/readyz')).status !== 200) return 'the control plane is not ready';
  const { ok, provider, error } = await ask(plane.http);
  if (!ok || provider !== primary.name) return `the gateway does not answer as it should (${String(error)})`;
  return (await service.pid()) === null ? 'the service does not answer' : null;
}
