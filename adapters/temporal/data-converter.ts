// The one place that decides how values become payloads, for every client and for the worker.
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import { fileURLToPath } from 'node:url';
import type { NxsError } from '../../domain/errors.js';
import { openCodec } from './payload-codec.js';
import type { PayloadKey } from './payload-key.js';

const FAILURE_CONVERTER = fileURLToPath(new URL('failure-converter.cjs', import.meta.url));

/**
 * Without keys payloads and failures are written in plain, and encrypted ones are refused with a sentence that names the key.
 * `unreadable` is told of each payload that no key opens.
 */
export function dataConverter(
  keys: readonly PayloadKey[],
  unreadable?: (error: NxsError) => void,
): DataConverter {
  const codec: PayloadCodec = openCodec(keys, unreadable);
  return {
    payloadCodecs: [codec],
    ...(keys.length === 0 ? {} : { failureConverterPath: FAILURE_CONVERTER }),
  };
}
