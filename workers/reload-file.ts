// `<state>/reload.json`: how the last reload went. The command reads it; whoever may not read the state directory learns nothing.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../adapters/files/atomic-write.js';

/** A key that changed, as `providers.yaml: providers[kimi].timeout (changed)`; never its value. */
export type ChangedKey = string;

export interface ReloadFile {
  /** refused: the old one stays; applied: the front has it, the worker is being started with it; rolled_back: the worker could not. */
  readonly state: 'refused' | 'unchanged' | 'applied' | 'in_force' | 'rolled_back';
  /** When it began to read the files, ISO 8601, UTC. */
  readonly began: string;
  /** What is in force now. */
  readonly digest: string;
  readonly before: string;
  readonly changed: readonly ChangedKey[];
  /** Changes that wait for a restart. */
  readonly restart: readonly ChangedKey[];
  readonly warnings: readonly string[];
  /** Why it was refused or rolled back; may have several lines. */
  readonly problem: string | null;
}

function reloadPath(stateDir: string): string {
  return join(stateDir, 'reload.json');
}

export async function writeReload(stateDir: string, reload: ReloadFile): Promise<void> {
  await atomicWrite(reloadPath(stateDir), `${JSON.stringify(reload, null, 2)}\n`, { sync: false });
}

/** null: there was none, or it cannot be read. */
export async function readReload(stateDir: string): Promise<ReloadFile | null> {
  try {
    const value = JSON.parse(await readFile(reloadPath(stateDir), 'utf8')) as Partial<ReloadFile> | null;
    return typeof value?.state === 'string' && typeof value.began === 'string' ? (value as ReloadFile) : null;
  } catch {
    return null;
  }
}
