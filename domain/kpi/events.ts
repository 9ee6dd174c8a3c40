// What the journal says of the uptime: measured stretches, one after the other, without gaps while the control plane runs.
import { z } from 'zod';

const ms = z.number().int().nonnegative();
const time = z.iso.datetime({ precision: 3 });

const measured = z.object({
  type: z.literal('uptime.measured'),
  data: z.looseObject({
    from: time,
    to: time,
    /** A provider could answer through the gateway, and healing's monitor looked. */
    up_ms: ms,
    down_ms: ms,
    /** Nobody could tell: no provider is configured, the machine slept. */
    unknown_ms: ms,
    /** Why it was not up, longest first. */
    why: z.array(z.looseObject({ reason: z.string(), ms })),
  }),
});

export const UPTIME_EVENTS = [measured] as const;
