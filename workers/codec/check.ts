// `nxs doctor` on encryption: off is a choice on a server of one's own, and worth a word on somebody else's.
import { payloadKeys } from '../../adapters/temporal/payload-key.js';
import { isLoopback } from '../../config/cross-check.js';
import type { Config } from '../../config/types.js';
import type { Check } from '../check.js';
import { readKeyUse } from './key-use.js';

export async function encryptionCheck(config: Config): Promise<Omit<Check, 'name'>> {
  const { temporal } = config.nxs;
  const [first, ...rest] = payloadKeys(temporal);
  if (first === undefined) return plain(temporal);
  const use = await readKeyUse(config.stateDir);
  const since = use?.id === first.id ? `since ${use.since}` : 'from the next start of the control plane on';
  const reading = rest.length === 0 ? '' : `; ${rest.map(({ id }) => id).join(', ')} only read`;
  return { reading: 'good', detail: `the key ${first.id} encrypts what Temporal stores, ${since}${reading}` };
}

function plain(temporal: Config['nxs']['temporal']): Omit<Check, 'name'> {
  if (temporal.mode === 'embedded')
    return {
      reading: 'good',
      detail: 'off: Temporal stores plain text, in the state directory of this machine',
    };
  const host = temporal.address.slice(0, temporal.address.lastIndexOf(':'));
  if (isLoopback(host))
    return { reading: 'good', detail: 'off: the server on this machine stores plain text' };
  return {
    reading: 'unknown',
    detail: `off: whoever can read the database of ${temporal.address} reads file names, reasons and messages; docs/encryption.md says how to encrypt them`,
  };
}
