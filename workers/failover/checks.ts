// The providers' part of `nxs doctor`: are they configured, and is somebody there now? GETs only, no tokens.
import { probe } from '../../adapters/llm/probe.js';
import { openWire } from '../../adapters/llm/wire.js';
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import { rosterOf } from '../../gateway/rules.js';
import { isLoopbackName } from '../front/host-name.js';
import { listenHost } from '../front/listen-host.js';
import type { Check } from '../check.js';

/** Longest wait for one provider, ms. */
const PATIENCE = 5_000;

/**
 * One check per provider and one of the listener. A provider of the shipped list that is not there is no fault of anybody's
 * ("unknown"); one of the user's own providers.yaml is. Never rejects.
 */
export async function providerChecks(config: Config, env: NodeJS.ProcessEnv): Promise<readonly Check[]> {
  const { usable, unusable } = rosterOf(config);
  const own = config.files.providers.origin === 'user';
  const wire = openWire({ env });
  try {
    const looked = usable.map(async ({ rules, endpoint }): Promise<Check> => {
      const { state, detail, ms } = await probe(wire, endpoint, Math.min(PATIENCE, rules.timeout));
      const reading = state === 'bad' && !own ? 'unknown' : state;
      const shipped = state === 'bad' && !own ? ' (from the shipped providers.yaml)' : '';
      const took = state === 'good' ? ` in ${Math.round(ms)} ms` : '';
      return {
        name: `provider: ${rules.name}`,
        reading,
        detail: `${endpoint.baseUrl}: ${detail}${took}${shipped}`,
      };
    });
    const left = unusable.map(({ rules, unset }): Check => ({
      name: `provider: ${rules.name}`,
      reading: 'unknown',
      detail: `not configured: ${unset.join(', ')} is not set`,
    }));
    const problems = wire.problems.map((detail): Check => ({
      name: 'certificate authorities',
      reading: 'bad',
      detail,
    }));
    return [...(await Promise.all(looked)), ...left, ...problems, gatewayCheck(config)];
  } finally {
    await wire.close();
  }
}

/** Who may call the gateway. */
function gatewayCheck(config: Config): Check {
  const name = 'gateway';
  const { http, gateway } = config.nxs;
  const key = gateway.api_key ?? '';
  try {
    const host = listenHost(http);
    const callers = key === '' ? 'http.token' : 'gateway.api_key';
    if (!isLoopbackName(host)) return { name, reading: 'good', detail: `${host}; clients send ${callers}` };
    const whose = key === '' ? 'every local user may call it' : 'clients send gateway.api_key';
    return { name, reading: 'good', detail: `only this machine reaches ${host}; ${whose}` };
  } catch (error) {
    return { name, reading: 'bad', detail: errorMessage(error) };
  }
}
