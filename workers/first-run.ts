// What a person sees after `npm start`: the data directory backed up and proved, and where to look at it.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { Config } from '../config/types.js';
import { errorMessage } from '../domain/errors.js';
import { runRecordSchema, type RunRecord } from '../domain/backup/record.js';
import { backupPorts, readyStores, SILENT } from './backup-parts.js';
import { fillWhenNew } from './starter-state.js';
import { startWorkflow } from './start-workflow.js';
import { runCycle } from './sync/ask.js';
import { syncPorts, UNHEARD } from './sync/parts.js';
import type { StartedContext } from './worker-settings.js';

/** ms that the first backup waits for the first sync. */
const PATIENCE_MS = 10_000;

/** Fills a brand-new data directory, runs the backup and the sync of this start, and says how they went. */
export async function firstRun(context: StartedContext<Config>): Promise<void> {
  const { config, say } = context;
  const filled = await fillWhenNew(
    config.dataDir,
    readyStores(backupPorts(config, SILENT)),
    syncPorts(config, UNHEARD).hub,
  );
  if (filled !== null) say(filled);
  // First what other nodes have: a node that is new to its hub has nothing to back up before.
  // A hub that says nothing must not keep the backup waiting.
  await Promise.race([firstSync(context), sleep(PATIENCE_MS, undefined, { ref: false })]);
  await firstBackup(context);
}

async function firstBackup({ client, config, say }: StartedContext<Config>): Promise<void> {
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

async function firstSync({ client, config, say }: StartedContext<Config>): Promise<void> {
  try {
    const status = await runCycle({ client, node: config.node }, { trigger: 'start', join: false });
    const { state, detail, files, published, applied, pending, hub } = status;
    const mark =
      state === 'ok' && pending.length === 0 ? 'sync: ok' : `sync: ${state.replace('_', ' ').toUpperCase()}`;
    say(
      `${mark}: ${files} files shared with ${hub}, ${published} out, ${applied} in${detail === null ? '' : `; ${detail}`}`,
    );
  } catch (error) {
    say(`first sync: ${errorMessage(error)}`);
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
