// Who answered, as the gateway's headers tell it.
import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/types.js';
import { printable } from './printable.js';

export interface Labels {
  readonly provider: string | null;
  readonly lane: string | null;
  /** Calls of providers that were made for it. */
  readonly attempts: number | null;
  /** Durable lane only. */
  readonly workflow_id: string | null;
}

export function labelsOf(headers: IncomingHttpHeaders): Labels {
  const of = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  const attempts = Number(of('x-nxs-attempts') ?? Number.NaN);
  return {
    provider: of('x-nxs-provider'),
    lane: of('x-nxs-lane'),
    attempts: Number.isInteger(attempts) ? attempts : null,
    workflow_id: of('x-nxs-workflow-id'),
  };
}

/** The call in Temporal's web UI; null when it was no workflow, or the UI is not ours. */
export async function linkOf({ nxs, stateDir }: Config, workflowId: string | null): Promise<string | null> {
  const { readRunFile } = await import('../workers/run-file.js');
  const ui = (await readRunFile(stateDir))?.ui ?? null;
  if (workflowId === null || ui === null) return null;
  const namespace = nxs.temporal.mode === 'external' ? nxs.temporal.namespace : 'default';
  return `${ui.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}

/** One line for a person. `ms`: how long the whole call took. */
export function toldText(
  model: string | null,
  told: Labels & { readonly link: string | null; readonly ms: number },
): string {
  const { provider, attempts, lane, ms, workflow_id: id, link } = told;
  const parts = [
    `${provider ?? 'somebody'}${model === null ? '' : ` (${model})`} answered`,
    attempts === 1 ? '1 attempt' : `${attempts ?? '?'} attempts`,
    `${lane ?? 'direct'} lane`,
    `${(ms / 1000).toFixed(1)} s`,
    ...(id === null ? [] : [link ?? id]),
  ];
  return printable(parts.join(', '));
}
