// How Temporal's own command line finds the codec endpoint. It sends the whole value of TEMPORAL_CODEC_AUTH as Authorization header.
import { payloadKeys } from '../../adapters/temporal/payload-key.js';
import type { Config } from '../../config/types.js';
import type { RunFile } from '../run-file.js';
import { CODEC_PATH } from './routes.js';

/**
 * Nothing while no control plane runs, without encryption, or when the person names an endpoint of their own: our token is not for that
 * one. Payloads are shown as they are then.
 */
export function codecEnvironment(
  { nxs }: Pick<Config, 'nxs'>,
  run: Pick<RunFile, 'http'> | null,
  given: { readonly env: NodeJS.ProcessEnv; readonly args: readonly string[] },
): Readonly<Record<string, string>> {
  if (run === null || payloadKeys(nxs.temporal).length === 0) return {};
  const own = given.args.some((arg) => arg.startsWith('--codec-'));
  if (own || given.env['TEMPORAL_CODEC_ENDPOINT'] !== undefined) return {};
  const token = nxs.temporal.encryption?.codec.token ?? nxs.http.token;
  return {
    TEMPORAL_CODEC_ENDPOINT: run.http + CODEC_PATH,
    ...(token === undefined || token === '' ? {} : { TEMPORAL_CODEC_AUTH: `Bearer ${token}` }),
  };
}
