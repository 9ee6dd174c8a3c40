// What `nxs up --temporal --port` says reaches the worker process through the environment, so both see the same.
import { fileFinding, type Finding } from './report/finding.js';
import type { NxsConfig } from './types.js';
import type { Environment } from './yaml/fill.js';

const HOST_PORT = /^[^\s/]+:\d{1,5}$/;
const PORT = /^\d{1,5}$/;

/** nxs.yaml with NXS_TEMPORAL_ADDRESS (an external server) and NXS_HTTP_PORT put over it. */
export function overrideNxs(nxs: NxsConfig, env: Environment): NxsConfig {
  const address = env['NXS_TEMPORAL_ADDRESS'] ?? '';
  const port = env['NXS_HTTP_PORT'] ?? '';
  const known = nxs.temporal.mode === 'external' ? nxs.temporal : null;
  const temporal =
    address === ''
      ? nxs.temporal
      : {
          mode: 'external' as const,
          address,
          namespace: known?.namespace ?? 'default',
          ui_url: known?.ui_url ?? null,
          tls: known?.tls ?? null,
          api_key: known?.api_key ?? null,
          ...(nxs.temporal.encryption === undefined ? {} : { encryption: nxs.temporal.encryption }),
        };
  return { ...nxs, temporal, http: port === '' ? nxs.http : { ...nxs.http, port: Number(port) } };
}

/** What is wrong with the two variables. */
export function overrideFindings(env: Environment): readonly Finding[] {
  const findings: Finding[] = [];
  const address = env['NXS_TEMPORAL_ADDRESS'] ?? '';
  if (address !== '' && !HOST_PORT.test(address)) {
    findings.push(
      fileFinding('environment', 'NXS_TEMPORAL_ADDRESS: expected HOST:PORT, for example cloud:7233'),
    );
  }
  const port = env['NXS_HTTP_PORT'] ?? '';
  if (port !== '' && (!PORT.test(port) || Number(port) > 65_535)) {
    findings.push(fileFinding('environment', 'NXS_HTTP_PORT: expected a port number from 0 to 65535'));
  }
  return findings;
}
