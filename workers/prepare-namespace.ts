import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureRetention, ensureSearchAttributes } from '../adapters/temporal/namespace.js';
import { RETENTION_DAYS } from '../domain/drift.js';
import { errorMessage } from '../domain/errors.js';
import type { Logger } from './log.js';

export interface PrepareContext {
  readonly client: Client;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Retention, search attributes, then `then` (schedules, first run), again and again with growing waits until
 * all of it has worked: Temporal may be restarted in the middle. Never throws.
 */
export async function prepareNamespace(context: PrepareContext, then: () => Promise<void>): Promise<void> {
  const { client, log, signal, say } = context;
  for (let wait = 250; !signal.aborted; wait = Math.min(wait * 2, 30_000)) {
    try {
      await retention(client, log);
      const warning = await ensureSearchAttributes(client);
      if (warning !== null) say(warning);
      await then();
      return;
    } catch (error) {
      log.warn({ wait }, `The preparation of the namespace is repeated: ${errorMessage(error)}`);
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function retention(client: Client, log: Logger): Promise<void> {
  try {
    await ensureRetention(client, RETENTION_DAYS);
  } catch (error) {
    // On a cluster of someone else's the retention is theirs to set.
    log.warn(`The namespace's retention could not be set: ${errorMessage(error)}`);
  }
}
