// The package as a library: `import { openNxs, startControlPlane } from 'nxs-resilience'`. docs/api.md describes it. Only what stands here
// and in types.ts is public.
import { NxsError } from '../domain/errors.js';
import type { NxsFailure } from './types.js';

export { openNxs } from './client.js';
export { startControlPlane } from './control-plane.js';
export type * from './types.js';

/** True for what the methods of this package throw on purpose. */
export function isNxsFailure(error: unknown): error is NxsFailure {
  return error instanceof NxsError;
}
