import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityText, parseIdentity, type WorkerIdentity } from '../../../domain/fleet/identity.js';
import { rivalBefore, rivalBeside, seenOf, SILENT_AFTER } from '../../../domain/fleet/rivals.js';

const NOW = 1_800_000_000_000;
const A: WorkerIdentity = {
  ...{ node: 'home', host: 'box', instance: 'aaaaaaaaaaaa', pid: 7, since: NOW - 60_000, version: '0.1.0' },
};
const B: WorkerIdentity = { ...A, host: 'other', instance: 'bbbbbbbbbbbb', since: NOW - 10_000 };
const polled = (who: WorkerIdentity, ago: number) => ({ identity: identityText(who), seen: NOW - ago });

describe('a worker identity', () => {
  it('comes out of its text as it went in, for any node and machine', () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/);
    const hex = fc.stringMatching(/^[0-9a-f]{12}$/);
    fc.assert(
      fc.property(name, name, hex, fc.nat(), fc.nat(), (node, host, instance, pid, since) => {
        const identity = { node, host, instance, pid, since, version: '1.2.3-rc.1' };
        expect(parseIdentity(identityText(identity))).toEqual(identity);
      }),
    );
  });

  it('is not read out of what others write', () => {
    for (const text of ['', '123@box', 'home@123', 'home@box#short/1/1/1'])
      expect(parseIdentity(text)).toBeNull();
  });
});

describe('before polling, the place is', () => {
  it('free on an empty queue, and beside workers that do not say who they are', () => {
    expect(rivalBefore(A, [{ identity: 'home@4711', seen: NOW }], NOW, null)).toBeNull();
  });

  it('taken by a living worker of another state directory, and free when that one has been silent', () => {
    expect(rivalBefore(B, [polled(A, 1_000)], NOW, null)).toMatchObject({ host: 'box' });
    expect(rivalBefore(B, [polled(A, SILENT_AFTER)], NOW, null)).toBeNull();
  });

  it('ours again at once after a restart, in a container of another host name too', () => {
    expect(
      rivalBefore({ ...A, pid: 8, since: NOW, host: 'c0ffee' }, [polled(A, 1_000)], NOW, null),
    ).toBeNull();
  });

  it('taken by a copy of our state directory that we met before', () => {
    const copy = { ...A, host: 'clone', since: NOW };
    expect(rivalBefore(copy, [polled(A, 1_000)], NOW, 'box')).toMatchObject({ host: 'box' });
  });
});

describe('while polling', () => {
  it('who was there before us is no rival, only who asks after us', () => {
    expect(rivalBeside(B, [polled(A, 40_000), polled(B, 1_000)], NOW - 10_000)).toBeNull();
    expect(rivalBeside(B, [polled(A, 0), polled(B, 1_000)], NOW - 30_000)).toMatchObject({ yields: true });
    expect(seenOf(B, [polled(A, 0), polled(B, 1_000)])).toBe(NOW - 1_000);
  });

  it('exactly one of two yields, whatever their clocks say', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), fc.boolean(), (since, other, copied) => {
        const one = { ...A, since };
        const two = { ...A, host: 'other', since: other, instance: copied ? A.instance : B.instance };
        const pollers = [polled(one, 0), polled(two, 0)];
        const yields = [one, two].map((self) => rivalBeside(self, pollers, NOW - 60_000)?.yields);
        expect(yields.filter(Boolean).length).toBe(1);
      }),
    );
  });
});
