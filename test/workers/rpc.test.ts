import { describe, expect, it } from 'vitest';
import { NxsError } from '../../domain/errors.js';
import type { RpcMessage } from '../../workers/ipc.js';
import { answerWith, rpcPeer, type Answer, type RpcPeer } from '../../workers/rpc.js';

/** Two peers, each at the other's end; messages travel as JSON, as they do between processes. */
function pair(left: Answer, right: Answer): readonly [RpcPeer, RpcPeer] {
  const carry = (to: () => RpcPeer) => (message: RpcMessage) => {
    const text = JSON.stringify(message);
    setImmediate(() => to().hear(JSON.parse(text) as RpcMessage));
  };
  const a: RpcPeer = rpcPeer({ peer: 'b', answer: left, send: carry(() => b) });
  const b: RpcPeer = rpcPeer({ peer: 'a', answer: right, send: carry(() => a) });
  return [a, b];
}

const nothing: Answer = () => Promise.resolve(null);
const never: Answer = () => new Promise(() => undefined);

describe('calls between processes', () => {
  it('are answered, both ways at once, each to its own question', async () => {
    const [a, b] = pair(
      answerWith({ double: (n: number) => Promise.resolve(2 * n) }),
      answerWith({ negate: (n: number) => Promise.resolve(-n) }),
    );
    const numbers = [...Array(50).keys()].map((n) => n + 1);
    expect(await Promise.all(numbers.map((n) => a.call('negate', n)))).toEqual(numbers.map((n) => -n));
    expect(await Promise.all(numbers.map((n) => b.call('double', n)))).toEqual(numbers.map((n) => 2 * n));
  });

  it('cross with the code and the sentence of their error', async () => {
    const [a] = pair(nothing, () => Promise.reject(new NxsError('USAGE', 'no such thing')));
    await expect(a.call('x', null)).rejects.toMatchObject({ code: 'USAGE', message: 'no such thing' });
    const [c] = pair(nothing, () => Promise.reject(new Error('odd')));
    await expect(c.call('x', null)).rejects.toMatchObject({ code: 'ACTIVITY_FAILED', message: 'odd' });
  });

  it('of an unknown name are refused', async () => {
    const [a] = pair(nothing, answerWith({}));
    await expect(a.call('toString', null)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('end when the other side takes too long, is gone, or nobody wants the answer any more', async () => {
    const [a] = pair(nothing, never);
    await expect(a.call('x', null, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
    });
    const controller = new AbortController();
    const unwanted = expect(a.call('x', null, { signal: controller.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    const widowed = expect(a.call('x', null)).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
    controller.abort();
    a.gone();
    await Promise.all([unwanted, widowed]);
    await expect(a.call('x', null)).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
    await expect(a.call('x', null, { signal: controller.signal })).rejects.toBeInstanceOf(NxsError);
  });

  it('do not mind an answer that comes too late, or to a question that nobody asked', async () => {
    const [a] = pair(nothing, nothing);
    a.hear({ type: 'reply', id: 99, ok: true, value: 1 });
    expect(await a.call('x', null)).toBeNull();
  });
});
