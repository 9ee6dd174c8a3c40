// Tools that look. Lists are short by default: what they say ends in a model's context.
import * as z from 'zod';
import { isProved, type EntryStatus } from '../../domain/backup/entry.js';
import type { BackupView } from '../../workers/backup-view.js';
import { backupStatus } from '../commands/backup-status.js';
import { healList } from '../commands/heal-list.js';
import { healShow } from '../commands/heal-show.js';
import { kpi } from '../commands/kpi.js';
import { providerList } from '../commands/provider-list.js';
import { status } from '../commands/status.js';
import { syncLog } from '../commands/sync-log.js';
import { syncStatus } from '../commands/sync-status.js';
import { answerOf, type Tool } from './tool.js';

const NONE = z.strictObject({});
const limit = (most: number, usual: number) =>
  z.int().min(1).max(most).default(usual).describe(`How many, newest first; at most ${most}.`);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;

export const READING: readonly Tool[] = [
  {
    name: 'status',
    title: 'Status of this node',
    description: 'Control plane, LLM providers, last backup, last sync, open incidents, KPIs: one summary.',
    input: NONE,
    reads: true,
    run: (_given, context) => answerOf(status, {}, context),
  },
  {
    name: 'kpis',
    title: 'KPIs',
    description:
      'Uptime, failover time, recovery time, backup success, sync latency and false-positive rate, measured, with target and verdict (met, missed, too_few).',
    input: z.strictObject({
      since: z.string().default('24h').describe('Window, from 1m to 30d, such as 24h or 7d.'),
    }),
    reads: true,
    run: ({ since }, context) => answerOf(kpi, { options: { since: text(since) } }, context),
  },
  {
    name: 'incidents',
    title: 'Incidents',
    description:
      'What is or was wrong with this machine, what was done, and what waits for a person. Only a person can approve or deny.',
    input: z.strictObject({
      open_only: z.boolean().default(false).describe('Only those that are not over.'),
      limit: limit(50, 10),
    }),
    reads: true,
    run: ({ open_only: open, limit: most }, context) =>
      answerOf(healList, { options: { open: open === true, limit: text(most) } }, context),
  },
  {
    name: 'incident',
    title: 'One incident',
    description: 'Cause, what was tried, what it wants to run and what that costs, and how long it waits.',
    input: z.strictObject({ id: z.string().min(1).describe('Its id, or the beginning of it.') }),
    reads: true,
    run: ({ id }, context) => answerOf(healShow, { args: [text(id)] }, context),
  },
  {
    name: 'notices',
    title: 'What was done to this machine',
    description: 'Restarts, reloads and restores of the last day, which you may have felt.',
    input: NONE,
    reads: true,
    async run(_given, context) {
      const { loadFor } = await import('../setup.js');
      const { agentNotices } = await import('../../workers/healing/notices.js');
      return { exit: 0, result: { notices: await agentNotices(await loadFor(context), Date.now()) } };
    },
  },
  {
    name: 'providers',
    title: 'LLM providers',
    description: 'Who answers, in which order, whose circuit breaker is open and until when.',
    input: NONE,
    reads: true,
    run: (_given, context) => answerOf(providerList, {}, context),
  },
  {
    name: 'backup_status',
    title: 'Backups',
    description:
      'Each destination with its last proved backup, and every file that is not proved. Proved files are counted, not listed.',
    input: NONE,
    reads: true,
    async run(_given, context) {
      const { exit, result } = await answerOf(backupStatus, {}, context);
      return { exit, result: shortened(result as unknown as BackupView) };
    },
  },
  {
    name: 'sync_status',
    title: 'Sync',
    description:
      'How the last cycle with the other nodes ended, what is held and why, what waits for a person.',
    input: NONE,
    reads: true,
    run: (_given, context) => answerOf(syncStatus, {}, context),
  },
  {
    name: 'sync_conflicts',
    title: 'Conflicts of sync',
    description:
      'Which version won by which rule, and the id under which the other one comes back by `nxs sync restore`.',
    input: z.strictObject({
      path: z.string().min(1).optional().describe('Only of this file, relative to the data directory.'),
      limit: limit(100, 20),
    }),
    reads: true,
    run: ({ path, limit: most }, context) =>
      answerOf(syncLog, { options: { path: text(path), limit: text(most) } }, context),
  },
];

const LISTED = 50;

function shortened({ destinations, uncovered, ...rest }: BackupView): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    uncovered: uncovered.slice(0, LISTED),
    uncovered_count: uncovered.length,
    destinations: destinations.map(({ files, ...each }) => {
      const unproved = files.filter((file) => !isProved(file.status as EntryStatus));
      return {
        ...each,
        files: files.length,
        unproved: unproved.slice(0, LISTED),
        unproved_count: unproved.length,
      };
    }),
  };
}
