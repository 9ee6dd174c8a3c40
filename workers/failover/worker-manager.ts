// The worker's dealings with the manager workflow: there is always one, it knows the config, and what it kept is in force in
// the front again before anybody has to ask.
import { WorkflowNotFoundError, type Client, type WorkflowSignalWithStartOptions } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../domain/errors.js';
import type { ManagedProvider } from '../../domain/failover/manager.js';
import { byPolicy } from '../../domain/failover/plan.js';
import { failoverSnapshot, type FailoverSnapshot } from '../../domain/failover/snapshot.js';
import { providersWorkflowId, taskQueue } from '../../domain/ids.js';
import type { Roster } from '../../gateway/rules.js';
import type { ProviderManagerInput } from '../../workflows/messages.js';
import { kindAttributes } from '../attributes.js';
import type { Logger } from '../log.js';
import type { Caller } from '../rpc.js';
import type { FrontCalls } from './calls.js';

export interface ManagerContext {
  readonly client: Client;
  readonly node: string;
  readonly roster: Roster;
}

/** Starts it when there is none, and tells it the config, in one step. */
async function configureManager(context: ManagerContext): Promise<void> {
  const providers = managedProviders(context.roster);
  await signalOrStart(context, 'configure', { providers });
}

/** Hands the front's state in. A manager that somebody ended is started again. */
export async function reportToManager(context: ManagerContext, snapshot: FailoverSnapshot): Promise<void> {
  const handle = context.client.workflow.getHandle(providersWorkflowId(context.node));
  try {
    await handle.signal('report', { snapshot });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    await signalOrStart(context, 'report', { snapshot });
  }
}

export interface ReconcileContext extends ManagerContext {
  readonly front: Caller<FrontCalls>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Puts what the manager kept into force, and hands in what holds then: the later stamp has won on both sides. Tried until it
 * has worked or the worker stops; it never rejects, so that a backup does not wait for it.
 */
export async function reconcileManager(context: ReconcileContext): Promise<void> {
  const { log, signal } = context;
  for (let wait = 250; !signal.aborted; wait = Math.min(wait * 2, 30_000)) {
    try {
      await reconcile(context);
      return;
    } catch (error) {
      log.warn({ wait, reason: errorMessage(error) }, 'the provider manager is asked again');
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function reconcile(context: ReconcileContext): Promise<void> {
  const { client, node, front, log } = context;
  await configureManager(context);
  const kept = await client.workflow.getHandle(providersWorkflowId(node)).query<unknown>('snapshot');
  const parsed = failoverSnapshot.safeParse(kept);
  if (!parsed.success)
    log.warn({ reason: errorMessage(parsed.error) }, 'what the manager kept is not readable');
  const snapshot = parsed.success ? parsed.data : EMPTY;
  await reportToManager(context, await front.call('failover.restore', { snapshot }));
}

const EMPTY: FailoverSnapshot = {
  v: 1,
  providers: {},
  switch: { to: null, until: null, at: 0, by: 'policy' },
};

/** The providers as the manager is told of them, in the order of policy. */
export function managedProviders({ usable, unusable }: Roster): readonly ManagedProvider[] {
  const configured = new Set(usable.map(({ rules }) => rules.name));
  return byPolicy([...usable, ...unusable].map(({ rules }) => rules)).map(({ name }) => ({
    name,
    configured: configured.has(name),
  }));
}

async function signalOrStart(
  { client, node, roster }: ManagerContext,
  name: string,
  argument: object,
): Promise<void> {
  const input: ProviderManagerInput = { node, providers: managedProviders(roster), state: null };
  const options: WorkflowSignalWithStartOptions<[object]> & { readonly args: unknown[] } = {
    workflowId: providersWorkflowId(node),
    taskQueue: taskQueue(node),
    args: [input],
    signal: name,
    signalArgs: [argument],
    staticSummary: 'LLM providers: who goes first, who is out, who is well',
    typedSearchAttributes: kindAttributes(node, 'providers'),
  };
  await client.workflow.signalWithStart('providerManager', options);
}
