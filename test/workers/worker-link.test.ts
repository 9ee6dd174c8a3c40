import { describe, expect, it } from 'vitest';
import type { RpcMessage } from '../../workers/ipc.js';
import { workerLines, type WorkerLines } from '../../workers/worker-link.js';

/** A worker that answers every call with its pid, or never. */
function spawn(lines: WorkerLines, pid: number, answers = true): RpcMessage[] {
  const heard: RpcMessage[] = [];
  lines.spawned(pid, (message) => {
    heard.push(message);
    if (message.type === 'call' && answers)
      lines.heard(pid, { type: 'reply', id: message.id, ok: true, value: pid });
  });
  return heard;
}

const refuse = () => Promise.reject(new Error('nobody answers here'));

describe("the front's line to the worker", () => {
  it('waits for a worker that polls', async () => {
    const lines = workerLines(refuse);
    const early = lines.call('x', null);
    spawn(lines, 7);
    const between = lines.call('x', null);
    lines.ready();
    expect(await Promise.all([early, between])).toEqual([7, 7]);
    expect(await lines.call('x', null)).toBe(7);
  });

  it('says that none is there, apart from one that died', async () => {
    const lines = workerLines(refuse);
    await expect(lines.call('x', null, { waitMs: 10 })).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      details: { absent: true },
    });
    spawn(lines, 7, false);
    lines.ready();
    const lost = expect(lines.call('x', null)).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      details: {},
    });
    await Promise.resolve();
    lines.exited(7);
    await lost;
  });

  it('goes to the next worker, once that one polls', async () => {
    const lines = workerLines(refuse);
    const told: string[] = [];
    lines.onReady(() => told.push('ready'));
    lines.onGone((pid) => told.push(`gone ${pid}`));
    spawn(lines, 7);
    lines.ready();
    lines.exited(7);
    const call = lines.call('x', null);
    spawn(lines, 8);
    lines.exited(7);
    lines.ready();
    expect(await call).toBe(8);
    expect(told).toEqual(['ready', 'gone 7', 'ready']);
  });

  it('stops waiting when nobody wants the answer any more', async () => {
    const lines = workerLines(refuse);
    const controller = new AbortController();
    const call = expect(lines.call('x', null, { signal: controller.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    controller.abort();
    await call;
    await expect(lines.call('x', null, { signal: controller.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it("hands the worker's questions on, with its pid", async () => {
    const lines = workerLines((method, params, { workerPid }) =>
      Promise.resolve([method, params, workerPid]),
    );
    const heard = spawn(lines, 7);
    lines.heard(7, { type: 'call', id: 1, method: 'm', params: 2 });
    lines.heard(6, { type: 'call', id: 2, method: 'm', params: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([{ type: 'reply', id: 1, ok: true, value: ['m', 2, 7] }]);
  });
});
