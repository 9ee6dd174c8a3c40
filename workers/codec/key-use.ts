// Since when which key encrypts, kept in the state directory: only so can anybody know when an older one is needed no more. Lost, it
// begins anew, and an older key is called needed for longer than it is.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { atomicWrite } from '../../adapters/files/atomic-write.js';
import { payloadKeys, type EncryptedSettings } from '../../adapters/temporal/payload-key.js';

/** `id` null: payloads are written in plain. `since`: ISO 8601, UTC; everything that began later is written so. */
export interface KeyUse {
  readonly id: string | null;
  readonly since: string;
}

const shape = z.object({ id: z.string().nullable(), since: z.iso.datetime() });

function pathOf(stateDir: string): string {
  return join(stateDir, 'encryption.json');
}

/** null: no worker has run yet, or the file is damaged. */
export async function readKeyUse(stateDir: string): Promise<KeyUse | null> {
  try {
    const parsed = shape.safeParse(JSON.parse(await readFile(pathOf(stateDir), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** To be called when the worker writes with these keys and the schedules do too. `since` is asked only for another key; repeating it changes nothing. */
export async function noteKeyUse(
  stateDir: string,
  settings: EncryptedSettings,
  since: () => Promise<Date>,
): Promise<void> {
  const id = payloadKeys(settings)[0]?.id ?? null;
  const known = await readKeyUse(stateDir);
  if (known === null ? id === null : known.id === id) return;
  const use: KeyUse = { id, since: (await since()).toISOString() };
  await atomicWrite(pathOf(stateDir), `${JSON.stringify(use)}\n`, {});
}
