// What the three commands of `nxs service` share: which service is meant.
import { NxsError } from '../domain/errors.js';
import type { Machine, Place, Scope } from '../workers/service/place.js';
import { flag, type Invocation } from './definition.js';

export const SCOPE_OPTIONS = [
  { flags: '--user', summary: 'the service of this account (the default, except for root)' },
  { flags: '--system', summary: 'the service of the machine; needs root' },
] as const;

/** What was asked for; null: neither was said. Throws NxsError USAGE. */
export function askedScope(invocation: Invocation): Scope | null {
  const [user, system] = [flag(invocation, 'user'), flag(invocation, 'system')];
  if (user && system) throw new NxsError('USAGE', '--user and --system cannot stand together.');
  return user ? 'user' : system ? 'system' : null;
}

/** The service that is there: as asked, else the one of this account, else that of the machine. */
export async function presentPlace(machine: Machine, asked: Scope | null): Promise<Place> {
  const { existsSync } = await import('node:fs');
  const { placeOf, scopeOf } = await import('../workers/service/place.js');
  if (asked === null && machine.platform === 'linux')
    for (const scope of ['user', 'system'] as const) {
      const place = placeOf(machine, scope);
      if (existsSync(place.path)) return place;
    }
  return placeOf(machine, scopeOf(machine, asked));
}
