// A person's word by a plain signal, as any Temporal client sends it.
import { connectTemporal } from '../../adapters/temporal/connect.js';
import { embeddedTarget } from '../../adapters/temporal/target.js';
import { workflowId } from '../../domain/ids.js';
import type { Plane } from '../scenario.js';

/** Throws when Temporal is not reachable, or the incident is over. */
export async function signal(
  plane: Plane,
  incident: string,
  name: 'approve' | 'deny',
  word: { readonly by: string; readonly reason: string; readonly request: string },
): Promise<void> {
  const target = embeddedTarget(await plane.temporal(), []);
  const { client, close } = await connectTemporal(target);
  try {
    await client.workflow.getHandle(workflowId(plane.node, 'incident', incident)).signal(name, word);
  } finally {
    await close();
  }
}
