// Every fault of the catalogue, and how it is done.
import { BACKUP_FAULTS } from './backup.js';
import type { Fault } from './fault.js';
import { HUB_FAULTS } from './hub.js';
import { PROCESS_FAULTS } from './processes.js';
import { PROVIDER_FAULTS } from './providers.js';
import { SERVICE_FAULTS } from './services.js';

export const FAULTS: Readonly<Record<string, Fault>> = {
  ...PROCESS_FAULTS,
  ...PROVIDER_FAULTS,
  ...HUB_FAULTS,
  ...BACKUP_FAULTS,
  ...SERVICE_FAULTS,
};
