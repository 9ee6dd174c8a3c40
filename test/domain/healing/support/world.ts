// Rules and anomalies of a node that could do everything; a test takes away what it is about.
import { healingSchema } from '../../../../config/schemas/healing.js';
import type { Anomaly, AnomalyKind } from '../../../../domain/healing/model.js';
import type { Possible } from '../../../../domain/healing/playbook.js';
import type { HealingRules } from '../../../../domain/healing/rules.js';

/** healing.yaml as the schema fills it. */
export function rulesOf(healing: object = {}): HealingRules {
  return healingSchema.parse({ healing }).healing;
}

const probe = { type: 'tcp', address: '127.0.0.1:9' };

export const RICH = {
  services: [
    { name: 'web', probe, restart: ['restart', 'web'], relieves: ['memory'] },
    { name: 'db', probe, restart: ['restart', 'db'] },
    { name: 'watched', probe },
  ],
  extensions: [{ name: 'bridge', probe, reload: ['reload', 'bridge'] }],
  caches: { paths: ['/var/cache/nxs'] },
};

export const ALL: Possible = { otherProvider: true, restorable: true };
export const NOTHING: Possible = { otherProvider: false, restorable: false };

const SUBJECTS: Readonly<Record<AnomalyKind, string>> = {
  memory_warning: 'memory',
  memory_critical: 'memory',
  disk_critical: 'disk:/',
  service_down: 'service:web',
  provider_failure: 'providers',
  extension_crash: 'extension:bridge',
  unresponsive: 'system',
  data_corruption: 'data',
};

export function anomalyOf(kind: AnomalyKind, more: Partial<Anomaly> = {}): Anomaly {
  const paths = kind === 'data_corruption' ? ['MEMORY.md'] : [];
  return {
    subject: SUBJECTS[kind],
    kind,
    detail: 'seen',
    value: null,
    since: 0,
    detected: 0,
    paths,
    ...more,
  };
}
