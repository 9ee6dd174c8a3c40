// `<state>/forgotten-nodes.json`: nodes that a person gave up here, and when. The hub keeps their files and so their names for good.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../../adapters/files/atomic-write.js';
import type { HubNode } from '../../domain/fleet/fleet.js';

const schema = z.record(z.string(), z.iso.datetime());

/** Node to ISO time. */
export type ForgottenNodes = Readonly<Record<string, string>>;

const fileOf = (stateDir: string): string => path.join(stateDir, 'forgotten-nodes.json');

/** Empty when there is none, or none that can be read. */
export async function readForgotten(stateDir: string): Promise<ForgottenNodes> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(fileOf(stateDir), 'utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/** `at`: ISO. */
export async function noteForgotten(stateDir: string, node: string, at: string): Promise<void> {
  const known = await readForgotten(stateDir);
  await atomicWrite(fileOf(stateDir), `${JSON.stringify({ ...known, [node]: at }, null, 2)}\n`, {
    sync: false,
  });
}

/** Those that nobody gave up, or that have changed something since. Pure. */
export function stillThere(nodes: readonly HubNode[], forgotten: ForgottenNodes): readonly HubNode[] {
  return nodes.filter(({ node, last_seen: changed }) => {
    const at = forgotten[node];
    return at === undefined || (changed !== null && Date.parse(changed) > Date.parse(at));
  });
}
