// Makes a destination that a person asked for. Only a remote one needs it: a repository on a disk is made by its first backup.
import { initRepository } from '../adapters/github/init.js';
import { openGithubStore } from '../adapters/github/destination.js';
import type { Config, DestinationConfig } from '../config/types.js';
import { unsetUnder } from '../config/unset.js';
import { NxsError } from '../domain/errors.js';
import { githubOptions } from './destinations.js';

export interface InitResult {
  readonly name: string;
  readonly kind: string;
  readonly location: string;
  /** False: it was there already. Null: nothing has to be made. */
  readonly created: boolean | null;
  /** False: everybody can read it. Null: it is on this machine. */
  readonly private: boolean | null;
  readonly url: string | null;
}

/** Makes one destination, or all of them. Throws NxsError USAGE for a name that is none, and what the server says. */
export async function initDestinations(config: Config, only: string | null): Promise<readonly InitResult[]> {
  const { destinations } = config.backup;
  const known = destinations.map(({ name }) => name);
  if (only !== null && !known.includes(only)) {
    throw new NxsError('USAGE', `There is no backup destination "${only}"; configured: ${known.join(', ')}.`);
  }
  const made: InitResult[] = [];
  for (const [index, each] of destinations.entries()) {
    if (only !== null && each.name !== only) continue;
    made.push(await initOne(config, each, index));
  }
  return made;
}

async function initOne(config: Config, each: DestinationConfig, index: number): Promise<InitResult> {
  const { name, type: kind } = each;
  if (each.type === 'git') {
    return { name, kind, location: each.path, created: null, private: null, url: null };
  }
  const unset = unsetUnder(config, 'backup-manifest', `backup.destinations[${index}]`);
  if (unset.length > 0) {
    throw new NxsError('CONFIG_INVALID', `${name} is not configured: ${unset.join(', ')} is not set.`);
  }
  const store = openGithubStore(githubOptions(each, config));
  return { name, kind, location: store.client.where, ...(await initRepository(store)) };
}
