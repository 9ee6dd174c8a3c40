// `<state>/node-taken.json` is there while another machine works under our node's name: commands that would reach its work refuse.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../../adapters/files/atomic-write.js';
import { NxsError } from '../../domain/errors.js';
import { rivalSentence } from '../../domain/fleet/rivals.js';

const schema = z.object({ node: z.string(), host: z.string(), version: z.string(), instance: z.string() });

export type Taken = z.infer<typeof schema>;

const fileOf = (stateDir: string): string => path.join(stateDir, 'node-taken.json');

export async function writeTaken(stateDir: string, { node, host, version, instance }: Taken): Promise<void> {
  await atomicWrite(fileOf(stateDir), `${JSON.stringify({ node, host, version, instance })}\n`, {
    sync: false,
  });
}

export async function removeTaken(stateDir: string): Promise<void> {
  await rm(fileOf(stateDir), { force: true });
}

/** null: the name is ours, as far as we know. */
export async function readTaken(stateDir: string): Promise<Taken | null> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(fileOf(stateDir), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Throws NxsError NODE_TAKEN while another machine works under the name of this node. */
export async function refuseWhenTaken({
  node,
  stateDir,
}: {
  readonly node: string;
  readonly stateDir: string;
}): Promise<void> {
  const taken = await readTaken(stateDir);
  if (taken?.node === node)
    throw new NxsError(
      'NODE_TAKEN',
      `${rivalSentence(node, taken)} What is asked here would be done there.`,
      {
        node,
        host: taken.host,
      },
    );
}
