// The six files of the configuration: the one table that loader, init, schemas and docs walk.
import type * as z from 'zod';
import { backupSchema } from './schemas/backup-manifest.js';
import { dashboardSchema } from './schemas/dashboard.js';
import { healingSchema } from './schemas/healing.js';
import { nxsSchema } from './schemas/nxs.js';
import { providersSchema } from './schemas/providers.js';
import { syncSchema } from './schemas/sync-manifest.js';

/** Schema of each file by its name without ".yaml". */
export const SCHEMAS = {
  nxs: nxsSchema,
  providers: providersSchema,
  'backup-manifest': backupSchema,
  'sync-manifest': syncSchema,
  healing: healingSchema,
  'resilience-dashboard': dashboardSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>;

export type FileName = keyof typeof SCHEMAS;

/** In the order in which people meet them. nxs comes first: the others use its names. */
export const FILE_NAMES = Object.keys(SCHEMAS) as readonly FileName[];
