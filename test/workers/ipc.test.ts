import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFromWorker, parseToWorker } from '../../workers/ipc.js';

describe('messages between supervisor and worker', () => {
  it('come through as they were sent', () => {
    const state = { type: 'state', id: 3, polling: true, temporal: false, readable: true, detail: null };
    expect(parseFromWorker(state)).toEqual(state);
    expect(parseFromWorker({ type: 'ready' })).toEqual({ type: 'ready' });
    expect(parseToWorker({ type: 'ask', id: 3 })).toEqual({ type: 'ask', id: 3 });
    expect(parseToWorker({ type: 'stop' })).toEqual({ type: 'stop' });
  });

  it('are dropped when they are anything else, without a throw', () => {
    for (const half of [
      { type: 'state', id: 3 },
      { type: 'ask' },
      { type: 'target' },
      { type: 'line', text: 1 },
    ])
      expect([parseFromWorker(half), parseToWorker(half)]).toEqual([null, null]);
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => [parseFromWorker(value), parseToWorker(value)]).not.toThrow();
      }),
    );
  });
});
