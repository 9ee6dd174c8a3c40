// What the hourly look at a destination found last, kept for `nxs backup status`.
import { z } from 'zod';

export const keptAccessSchema = z.object({
  /** A state of ports.ts, `AccessState`. */
  state: z.string(),
  /** One sentence for a person. */
  detail: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
});
export type KeptAccess = z.infer<typeof keptAccessSchema>;
