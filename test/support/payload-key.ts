// The key of the histories that test/replay holds. It guards nothing.
import type { PayloadKey } from '../../adapters/temporal/payload-key.js';

export const REPLAY_KEY: PayloadKey = {
  id: 'replay',
  key: Buffer.from('this key guards nothing at all .').toString('base64'),
};
