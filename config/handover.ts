// The configuration in force, from the supervisor to its worker over their own channel: both see the same one, whatever stands
// in the files by now. It holds secrets and must not be written anywhere.
import { freeze } from './freeze.js';
import { environmentOf, keepProvenance, secretsOf, type Provenance } from './provenance.js';
import type { Config } from './types.js';

export interface Handover extends Provenance {
  readonly config: Config;
}

export function handOver(config: Config): Handover {
  return { config, env: environmentOf(config), secrets: secretsOf(config) };
}

/** The other end. The value comes from our own supervisor. */
export function takeOver({ config, env, secrets }: Handover): Config {
  const taken = freeze(config);
  keepProvenance(taken, { env, secrets });
  return taken;
}
