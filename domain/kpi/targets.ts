// The source document's targets (its table "Success Metrics") and what each number means here.
import type { KpiId } from './model.js';

/** Percent and seconds. */
export const TARGETS: Readonly<Record<KpiId, number>> = {
  uptime: 99.5,
  failover_time: 5,
  recovery_time: 30,
  backup_success: 99,
  sync_latency: 300,
  false_positive_rate: 5,
};

export const DEFINITIONS: Readonly<Record<KpiId, { readonly name: string; readonly definition: string }>> = {
  uptime: {
    name: 'Uptime',
    definition:
      'Share of the known time in which a provider could answer through the gateway and the control loop was fresh; planned maintenance is left out.',
  },
  failover_time: {
    name: 'Failover time',
    definition:
      'p95 from the first call that failed or stayed silent to the first good content of another provider.',
  },
  recovery_time: {
    name: 'Recovery time',
    definition:
      'p95 from the first bad look to verified health, of incidents that were acted on; waiting for a person is left out, open ones count as they stand.',
  },
  backup_success: {
    name: 'Backup success rate',
    definition: 'Runs that ended with every file proved, of those that were due.',
  },
  sync_latency: {
    name: 'Sync latency',
    definition:
      'p95 of the age of the oldest change when this node applied it; changes that wait for an offline hub are not in it.',
  },
  false_positive_rate: {
    name: 'False positive rate',
    definition:
      'Incidents with an act decided that went away before it, or were marked as false, of all that were acted on; judged at 95 % confidence.',
  },
};
