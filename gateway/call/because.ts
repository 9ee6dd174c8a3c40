import type { Fault, Observation } from '../../domain/failover/fault.js';

/** An end that we made ourselves, with its reason. */
export function because(fault: Fault, detail: string): Observation {
  return { fault, status: null, retryAfter: null, detail };
}
