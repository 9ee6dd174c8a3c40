// Looks for runs that cannot go on: at each start of the worker, because that is when the code has changed, and now and then.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { errorMessage } from '../../domain/errors.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { StuckRun } from '../../domain/stuck-run.js';
import type { Logger } from '../log.js';
import { packageVersion } from '../package-version.js';
import { writeStuck } from './file.js';
import { findStuck } from './find.js';

/** ms between two looks; the one at the start finds what an upgrade breaks. */
const EVERY_MS = 10 * 60_000;

export interface StuckContext {
  readonly client: Client;
  readonly node: string;
  readonly stateDir: string;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly say: (line: string) => void;
  readonly notify: (notice: Notice) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Goes on until the worker stops; never rejects. */
export async function watchStuck(context: StuckContext): Promise<void> {
  const { log, signal } = context;
  let known: ReadonlyMap<string, StuckRun> = new Map();
  while (!signal.aborted) {
    try {
      known = await lookOnce(context, known);
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, 'nobody could look whether all runs go on');
    }
    await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** One look; returns what is stuck by workflow id. */
export async function lookOnce(
  context: StuckContext,
  before: ReadonlyMap<string, StuckRun>,
): Promise<ReadonlyMap<string, StuckRun>> {
  const { client, node, stateDir, log, say, notify } = context;
  const runs = await findStuck(client, node);
  const now = new Map(runs.map((each) => [each.workflow, each]));
  await writeStuck(stateDir, { at: new Date().toISOString(), version: packageVersion(), runs });
  for (const each of runs) {
    if (before.has(each.workflow)) continue;
    log.error({ workflow: each.workflow, reason: each.reason }, 'a run cannot go on');
    say(`${each.workflow} cannot go on: ${each.reason}; ${each.mend}`);
    await notify(noticeOf(each));
  }
  for (const [workflow, { type }] of before) if (!now.has(workflow)) await notify(overOf(workflow, type));
  return now;
}

function noticeOf({ workflow, type, why, reason, mend }: StuckRun): Notice {
  const title = why === 'replay' ? `${type} does not fit this version` : `${type} fails again and again`;
  return {
    incident: incidentOf(workflow),
    state: 'raised',
    level: 'critical',
    title,
    text: `${workflow}: ${reason}. To mend it, ${mend}`,
  };
}

function overOf(workflow: string, type: string): Notice {
  const text = `${workflow} goes on, or is over.`;
  return { incident: incidentOf(workflow), state: 'resolved', level: 'info', title: `${type} goes on`, text };
}

function incidentOf(workflow: string): string {
  return `workflow/${workflow}`;
}
