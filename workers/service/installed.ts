// What `nxs service install` would write today for the service that is there: the same account, the same settings.
import { readFile } from 'node:fs/promises';
import type { Machine, Place } from './place.js';
import { planService, type Planned } from './plan.js';

/** null: nothing is installed. Throws NxsError when it cannot be told. */
export async function plannedAs(machine: Machine, place: Place): Promise<Planned | null> {
  const text = await readFile(place.path, 'utf8').catch(() => null);
  if (text === null) return null;
  const as = /^User=(.+)$/m.exec(text)?.[1] ?? null;
  const { HOME, USER, LOGNAME } = machine.env;
  const env = { HOME, USER, LOGNAME, ...settingsIn(text) };
  return planService({ ...machine, env }, { scope: place.scope, as, configDir: null });
}

/** Only what the unit says, and nothing of this shell: the question is about the service. */
function settingsIn(text: string): Readonly<Record<string, string>> {
  const lines = [...text.matchAll(/^Environment="?([A-Za-z_]+)=([^"\n]*)"?$/gm)];
  return Object.fromEntries(
    lines.map(([, name, value]) => [name ?? '', (value ?? '').replaceAll('%%', '%')]),
  );
}
