// Asks for a cycle and waits for its end.
import { NxsError } from '../domain/errors.js';
import { syncWorkflowId } from '../domain/ids.js';
import type { Context } from './definition.js';
import { exitOf, printStatus } from './sync-text.js';

/** Longest wait: a first meeting over a slow line takes minutes, ms. */
const PATIENCE = 30 * 60_000;

/** Runs one, prints its status, and returns the exit code. Throws NxsError TEMPORAL_UNREACHABLE. */
export async function runOneCycle(context: Context, join: boolean): Promise<number> {
  const { loadFor, reachTemporal, staleConfig } = await import('./setup.js');
  const { runCycle } = await import('../workers/sync/ask.js');
  const { unlessUntaken } = await import('../workers/untaken.js');
  const config = await loadFor(context);
  const reached = await reachTemporal(config);
  try {
    const stale = await staleConfig(config);
    if (stale !== null) context.note(`warning: ${stale}`);
    context.progress(join ? 'joining the hub' : 'syncing');
    const asker = { client: reached.client, node: config.node };
    const running = reached.client.withDeadline(Date.now() + PATIENCE, () =>
      runCycle(asker, { trigger: 'cli', join }),
    );
    const status = await unlessUntaken({ ...asker, workflowId: syncWorkflowId(config.node) }, running);
    context.progress(null);
    if (context.json) context.out(JSON.stringify(status));
    else printStatus(context, status);
    return exitOf(status);
  } catch (error) {
    context.progress(null);
    if (error instanceof NxsError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new NxsError(
      'TEMPORAL_UNREACHABLE',
      `No worker took the request for a cycle (${said}).`,
      {},
      error,
    );
  } finally {
    await reached.close();
  }
}
