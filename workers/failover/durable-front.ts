// The durable lane's end in the front: the body goes into a file, the rest to the worker. A worker that dies on the way is
// waited for, and asked again under the same id, which finds the workflow that goes on.
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClaimCheck, type ClaimCheck } from '../../adapters/files/claim-check.js';
import { errorCode, errorMessage, NxsError } from '../../domain/errors.js';
import { errorBody } from '../../domain/openai/error-body.js';
import { recordOf } from '../../domain/openai/record.js';
import type { DurableCall, DurableEnd, DurableLane } from '../../gateway/durable-lane.js';
import type { WorkerLink } from '../worker-link.js';
import type { WorkerCalls } from './calls.js';

export interface DurableLaneOptions {
  readonly stateDir: string;
  /** null: the control plane is still starting. */
  readonly link: () => WorkerLink | null;
  /** ms since the epoch. */
  readonly now: () => number;
}

type Params = Parameters<WorkerCalls['failover.complete']>[0];
type Completed = Awaited<ReturnType<WorkerCalls['failover.complete']>>;

/** Longest time without a worker, or with one that cannot reach Temporal, ms. More than a restart of both takes. */
const ABSENCE = 30_000;
/** A call that lasted this long had begun its work, ms: what failed it is a new trouble. */
const BEGUN = 5_000;
/** What the workflow has to write down its end after the deadline, ms. */
const GRACE = 5_000;
const PAUSE = 200;

export function durableLane({ stateDir, link, now }: DurableLaneOptions): DurableLane {
  const files = openClaimCheck(stateDir);

  async function complete(call: DurableCall, signal: AbortSignal): Promise<DurableEnd> {
    const { facts, path, deadline, hedgeAfter } = call;
    // Where it may go is a part of the request: an answer from elsewhere is another answer.
    const digest = sha256(`${path}\n${JSON.stringify([facts.only, facts.localOnly, call.body])}`);
    const id = call.key === null ? randomUUID() : `key-${sha256(call.key).slice(0, 24)}`;
    const kept = await files.offer(id, { digest, body: call.body });
    if (kept.digest !== digest) return refusal(422, 'idempotency_key_reused', KEY_REUSED);
    return endOf(files, id, await asked({ id, digest, facts, path, deadline, hedgeAfter }, signal));
  }

  /** Asks until a worker has an end to tell. */
  async function asked(params: Params, signal: AbortSignal): Promise<Completed> {
    let troubleSince: number | null = null;
    for (;;) {
      const began = now();
      const left = Math.max(1, params.deadline + GRACE - began);
      try {
        const line = link();
        if (line === null) throw new NxsError('TEMPORAL_UNREACHABLE', 'The control plane is still starting.');
        const options = { timeoutMs: left, waitMs: ABSENCE, signal };
        return (await line.call('failover.complete', params, options)) as Completed;
      } catch (error) {
        const again = errorCode(error) === 'TEMPORAL_UNREACHABLE' && !isAbsent(error);
        if (troubleSince === null || now() - began > BEGUN) troubleSince = now();
        if (!again || left <= PAUSE || now() - troubleSince > ABSENCE) throw error;
        await sleep(PAUSE);
      }
    }
  }

  return {
    complete: (call, signal) =>
      complete(call, signal).catch((error: unknown) =>
        signal.aborted
          ? refusal(499, 'client_gone', 'The client has gone; the call goes on.')
          : refusal(503, 'durable_lane_unavailable', errorMessage(error), 5_000),
      ),
  };
}

const KEY_REUSED = 'This Idempotency-Key was used with another request; a key stands for one request.';

async function endOf(files: ClaimCheck, id: string, done: Completed): Promise<DurableEnd> {
  const { workflowId, attempts, provider, retryAfter } = done;
  const kept = done.answer === null ? null : await files.answer(id, done.answer);
  const json = recordOf(kept?.['body']) ?? done.error;
  if (json !== null) return { workflowId, attempts, provider, status: done.status, json, retryAfter };
  const lost = errorBody(500, 'answer_lost', `The answer of ${workflowId} is no longer in its file.`);
  return { workflowId, attempts, provider, status: 500, json: { ...lost }, retryAfter: null };
}

/** No workflow was started for it. `retryAfter` in ms. */
function refusal(
  status: number,
  code: string,
  message: string,
  retryAfter: number | null = null,
): DurableEnd {
  const json = { ...errorBody(status, code, message) };
  return { workflowId: null, attempts: 0, provider: null, status, json, retryAfter };
}

function isAbsent(error: unknown): boolean {
  return error instanceof NxsError && error.details['absent'] === true;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
