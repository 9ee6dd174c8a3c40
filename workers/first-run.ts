// What a person sees after `npm start`: the data directory backed up and proved, and where to look at it.
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { Config } from '../config/types.js';
import { errorMessage } from '../domain/errors.js';
import { runRecordSchema, type RunRecord } from '../domain/backup/record.js';
import { backupPorts, readyStores, SILENT } from './backup-parts.js';
import { fillWhenNew } from './starter-state.js';
import { startWorkflow } from './start-workflow.js';
import type { StartedContext } from './worker-settings.js';

/** Fills a brand-new data directory, runs the backup of this start, and says how it went. */
export async function firstRun({ client, config, say }: StartedContext<Config>): Promise<void> {
  const filled = await fillWhenNew(config.dataDir, readyStores(backupPorts(config, SILENT)));
  if (filled !== null) say(filled);
  const handle = await startWorkflow(client, {
    node: config.node,
    kind: 'backup',
    type: 'backupAndVerify',
    by: 'start',
    input: { node: config.node, trigger: 'start', confirm: null },
    summary: `backup of ${config.dataDir} at the start of the control plane`,
  });
  try {
    const record = runRecordSchema.parse(await handle.result());
    for (const line of describe(record)) say(line);
  } catch (error) {
    const record = recordIn(error);
    if (record === null) say(`first backup: ${errorMessage(error)}`);
    else for (const line of describe(record)) say(line);
  }
}

/** The record in the details of a failed run, or null. */
function recordIn(error: unknown): RunRecord | null {
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) return null;
  const parsed = runRecordSchema.safeParse(error.cause.details?.[0]);
  return parsed.success ? parsed.data : null;
}

function describe(record: RunRecord): string[] {
  const mark = record.outcome === 'green' ? 'green' : record.outcome.replace('_', ' ').toUpperCase();
  const lines = [`${mark}: ${record.summary}`];
  for (const { name, location, same_disk: sameDisk, note } of record.destinations) {
    if (note !== null) lines.push(`  ${name}: ${note}`);
    if (sameDisk === true)
      lines.push(`  ${name} (${location}) is on the same disk as the data: it does not survive that disk`);
  }
  return lines;
}
