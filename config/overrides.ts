// What `nxs up --temporal --port` says reaches the worker process through the environment, so both see the same.
import { fileFinding, type Finding } from './report/finding.js';
import { LOG_LEVELS, type LogLevel } from '../domain/log-record.js';
import type { NxsConfig } from './types.js';
import type { Environment } from './yaml/fill.js';

const HOST_PORT = /^[^\s/]+:\d{1,5}$/;
const PORT = /^\d{1,5}$/;

/** nxs.yaml with NXS_TEMPORAL_ADDRESS (an external server), NXS_HTTP_PORT and NXS_LOG_LEVEL put over it. */
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
  const level = logLevelOf(env);
  return {
    ...nxs,
    temporal,
    http: port === '' ? nxs.http : { ...nxs.http, port: Number(port) },
    log: level === null ? nxs.log : { ...nxs.log, level },
  };
}

function logLevelOf(env: Environment): LogLevel | null {
  return LOG_LEVELS.find((level) => level === env['NXS_LOG_LEVEL']) ?? null;
}

/** What is wrong with the variables. */
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
  const level = env['NXS_LOG_LEVEL'] ?? '';
  if (level !== '' && logLevelOf(env) === null) {
    findings.push(fileFinding('environment', `NXS_LOG_LEVEL: expected one of ${LOG_LEVELS.join(', ')}`));
  }
  return findings;
}
