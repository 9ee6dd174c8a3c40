import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClaimCheck } from '../../../adapters/files/claim-check.js';
import { NxsError } from '../../../domain/errors.js';
import type { DurableCall } from '../../../gateway/durable-lane.js';
import { durableLane } from '../../../workers/failover/durable-front.js';
import type { WorkerLink } from '../../../workers/worker-link.js';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'nxs-durable-'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

interface Asked {
  readonly id: string;
  readonly digest: string;
}

const call = (more: Partial<DurableCall> = {}): DurableCall => ({
  key: null,
  facts: {
    kind: 'chat',
    stream: false,
    needs: [],
    model: null,
    only: null,
    localOnly: false,
    promptTokens: 1,
  },
  path: '/chat/completions',
  body: { messages: [{ role: 'user', content: 'a secret thought' }] },
  deadline: Date.now() + 20_000,
  hedgeAfter: 4_000,
  ...more,
});

/** A worker that answers as told, and writes the answer where it belongs. */
function worker(play: (params: Asked, count: number) => Promise<object> | object) {
  const asked: Asked[] = [];
  const link: WorkerLink = {
    async call(_method, params) {
      asked.push(params as Asked);
      return play(params as Asked, asked.length);
    },
    onReady: () => undefined,
    onGone: () => undefined,
  };
  return { asked, lane: durableLane({ stateDir, link: () => link, now: () => Date.now() }) };
}

async function answered({ id }: Asked): Promise<object> {
  await openClaimCheck(stateDir).keep(id, 1, { status: 200, body: { choices: ['x'] } });
  return {
    workflowId: `w/${id}`,
    attempts: 1,
    provider: 'a',
    status: 200,
    answer: 1,
    error: null,
    retryAfter: null,
  };
}

const open = new AbortController().signal;
const gone = () => Promise.reject(new NxsError('TEMPORAL_UNREACHABLE', 'the worker has gone'));

describe('the durable lane in the front', () => {
  it('hands over where the body is, never the body, and brings the answer back', async () => {
    const { lane, asked } = worker(answered);
    expect(await lane.complete(call(), open)).toMatchObject({
      status: 200,
      provider: 'a',
      attempts: 1,
      json: { choices: ['x'] },
    });
    expect(JSON.stringify(asked)).not.toContain('secret');
    const id = asked[0]?.id ?? '';
    expect(await readFile(join(stateDir, 'completions', id, 'request.json'), 'utf8')).toContain(
      'secret thought',
    );
  });

  it('gives calls with the same key the same id, others their own, and shows no key', async () => {
    const { lane, asked } = worker(answered);
    for (const key of ['k', 'k', 'l', null, null]) await lane.complete(call({ key }), open);
    const ids = asked.map(({ id }) => id);
    expect(ids[0]).toMatch(/^key-[0-9a-f]{24}$/);
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toBe(ids[1]);
  });

  it('refuses a key that was used with another request, and asks nobody', async () => {
    const { lane, asked } = worker(answered);
    await lane.complete(call({ key: 'k' }), open);
    const other = await lane.complete(call({ key: 'k', body: { messages: [] } }), open);
    expect(other).toMatchObject({ status: 422, json: { error: { code: 'idempotency_key_reused' } } });
    expect(asked).toHaveLength(1);
  });

  it('asks again under the same id when the worker dies, and nobody notices', async () => {
    const { lane, asked } = worker((params, count) => (count < 3 ? gone() : answered(params)));
    expect((await lane.complete(call(), open)).status).toBe(200);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(asked).toHaveLength(3);
  });

  it('says 503 when no worker comes, and when the call is over before one does', async () => {
    const absent = () =>
      Promise.reject(new NxsError('TEMPORAL_UNREACHABLE', 'No worker polls now.', { absent: true }));
    const one = worker(absent);
    expect(await one.lane.complete(call(), open)).toMatchObject({
      status: 503,
      workflowId: null,
      json: { error: { code: 'durable_lane_unavailable' } },
      retryAfter: 5_000,
    });
    expect(one.asked).toHaveLength(1);
    const late = worker(gone);
    expect((await late.lane.complete(call({ deadline: Date.now() - 5_000 }), open)).status).toBe(503);
  });

  it("gives our own error, or the provider's, as the worker says", async () => {
    const base = { workflowId: 'w', attempts: 2, provider: null, retryAfter: 7_000 };
    const ours = worker(() => ({ ...base, status: 503, answer: null, error: { error: { code: 'x' } } }));
    expect(await ours.lane.complete(call(), open)).toMatchObject({
      status: 503,
      retryAfter: 7_000,
      attempts: 2,
    });
    const theirs = worker(async ({ id }) => {
      await openClaimCheck(stateDir).keep(id, 2, {
        status: 400,
        body: { error: { code: 'content_filter' } },
      });
      return { ...base, status: 400, answer: 2, error: null };
    });
    expect(await theirs.lane.complete(call(), open)).toMatchObject({
      status: 400,
      json: { error: { code: 'content_filter' } },
    });
  });

  it('never sells a lost answer as success', async () => {
    const { lane } = worker(({ id }) => ({
      workflowId: id,
      attempts: 1,
      provider: 'a',
      status: 200,
      answer: 1,
      error: null,
      retryAfter: null,
    }));
    expect(await lane.complete(call(), open)).toMatchObject({
      status: 500,
      json: { error: { code: 'answer_lost' } },
    });
  });

  it('stops waiting when the client has gone', async () => {
    const client = new AbortController();
    const { lane } = worker(() => {
      client.abort();
      return Promise.reject(new NxsError('CANCELLED', 'no longer waited for'));
    });
    expect((await lane.complete(call(), client.signal)).status).toBe(499);
  });

  it('says what is wrong when the request cannot be kept', async () => {
    const lane = durableLane({ stateDir: '/dev/null', link: () => null, now: () => Date.now() });
    expect((await lane.complete(call(), open)).status).toBe(503);
  });
});
