import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../../adapters/files/lock.js';
import { offlineRestoreLock } from '../../../workers/offline.js';
import { openBusy, restoringOffline, UNINTERRUPTED } from '../../../workers/healing/busy.js';

/** An activity that runs until it is told to end. */
function held() {
  let finish = { ok: (_value: string) => {}, fail: (_error: Error) => {} };
  const run = (input: unknown) =>
    new Promise<string>((resolve, reject) => {
      finish = { ok: (value) => resolve(`${value} ${String(input)}`), fail: reject };
    });
  return { run, ok: (value: string) => finish.ok(value), fail: (error: Error) => finish.fail(error) };
}

describe('what is busy', () => {
  it('is nothing at first, the word of what runs, and nothing again', async () => {
    const busy = openBusy();
    const backup = held();
    const { save } = busy.counted({ save: backup.run }, { save: 'a backup' });
    expect(busy.now()).toBeNull();
    const running = save('today');
    expect(busy.now()).toBe('a backup');
    backup.ok('saved');
    expect(await running).toBe('saved today');
    expect(busy.now()).toBeNull();
  });

  it('stays so until the last one ends, of many under one word', async () => {
    const busy = openBusy();
    const [first, second] = [held(), held()];
    const { one, two } = busy.counted(
      { one: first.run, two: second.run },
      { one: 'a backup', two: 'a backup' },
    );
    const running = [one(1), two(2)];
    first.ok('');
    await running[0];
    expect(busy.now()).toBe('a backup');
    second.ok('');
    await running[1];
    expect(busy.now()).toBeNull();
  });

  it('ends with a failure as well, which is told as it was', async () => {
    const busy = openBusy();
    const failing = held();
    const { save, throws } = busy.counted(
      {
        save: failing.run,
        throws: (): Promise<string> => {
          throw new Error('at once');
        },
      },
      { save: 'a backup', throws: 'a restore' },
    );
    const running = save('');
    failing.fail(new Error('disk full'));
    await expect(running).rejects.toThrow('disk full');
    await expect(throws()).rejects.toThrow('at once');
    expect(busy.now()).toBeNull();
  });

  it('is counted over one inside another, and over all that share the count', async () => {
    const busy = openBusy();
    const inside = held();
    const { inner } = busy.counted({ inner: inside.run }, { inner: 'a restore' });
    const { outer } = busy.counted({ outer: async (input: unknown) => inner(input) }, { outer: 'a backup' });
    const running = outer('x');
    expect(['a backup', 'a restore']).toContain(busy.now());
    inside.ok('done');
    await running;
    expect(busy.now()).toBeNull();
  });

  it('is none of what has no word, which stays the function that it was', async () => {
    const busy = openBusy();
    const look = held();
    const activities = { look: look.run };
    const counted = busy.counted(activities, { other: 'a backup' });
    expect(counted.look).toBe(activities.look);
    const running = counted.look('');
    expect(busy.now()).toBeNull();
    look.ok('');
    await running;
  });

  it('is of this worker: two do not know of each other', async () => {
    const [mine, other] = [openBusy(), openBusy()];
    const backup = held();
    const running = mine.counted({ save: backup.run }, { save: 'a backup' }).save('');
    expect([mine.now(), other.now()]).toEqual(['a backup', null]);
    backup.ok('');
    await running;
  });
});

it('names what writes to a destination or to the data', () => {
  expect(Object.keys(UNINTERRUPTED).sort()).toEqual([
    'healBackup',
    'publishBackup',
    'restoreBackup',
    'verifyBackup',
  ]);
});

it('a restore in a process of its own is busy for as long as it holds its lock', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'nxs-busy-'));
  expect(await restoringOffline(stateDir)).toBeNull();
  const lock = await acquireLock(offlineRestoreLock(stateDir), { purpose: 'a restore' });
  expect(await restoringOffline(stateDir)).toBe('a restore');
  await lock.release();
  expect(await restoringOffline(stateDir)).toBeNull();
});
