// Brings a schedule's next run forward, so that what is found is found by the product itself and not by a command of ours.
import { connectTemporal } from '../../adapters/temporal/connect.js';
import { embeddedTarget } from '../../adapters/temporal/target.js';
import { scheduleId, type ScheduleKind } from '../../domain/ids.js';
import type { Plane } from '../scenario.js';

/** Throws when Temporal is not reachable. */
export async function runNow(plane: Plane, kind: ScheduleKind): Promise<void> {
  const target = embeddedTarget(await plane.temporal(), []);
  const { client, close } = await connectTemporal(target);
  try {
    await client.schedule.getHandle(scheduleId(plane.node, kind)).trigger();
  } finally {
    await close();
  }
}
