import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { lastEvents } from '../../adapters/journal/read.js';
import { openLifecycleJournal } from '../../workers/lifecycle-journal.js';

const log = pino({ level: 'silent' });

describe('the life of the processes', () => {
  it('stands in the journal once, in order, however often a step is repeated', async () => {
    const stateDir = await mkdtemp(path.join(tmpdir(), 'nxs-life-'));
    const journal = openLifecycleJournal({ stateDir, node: 'n', started: '2026-11-23T10:00:00.000Z' }, log);
    journal.started({ version: '1.0.0', http: 'http://127.0.0.1:8787' });
    journal.restarted('worker', { pid: 7, restarts: 1, reason: 'was ended by SIGKILL' });
    journal.restarted('worker', { pid: 7, restarts: 1, reason: 'was ended by SIGKILL' });
    journal.restarted('engine', { pid: 8, restarts: 1, reason: 'ended with code 1' });
    journal.stopped('SIGTERM');
    await journal.close();
    const events = await lastEvents(path.join(stateDir, 'journal'), 10);
    expect(events.map(({ type }) => type)).toEqual([
      'control-plane.started',
      'worker.restarted',
      'engine.restarted',
      'control-plane.stopped',
    ]);
    expect(events[1]?.data).toEqual({ pid: 7, restarts: 1, reason: 'was ended by SIGKILL' });
  });

  it('never fails the control plane when the journal cannot be written', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'nxs-life-'));
    const stateDir = path.join(dir, 'state');
    await writeFile(stateDir, 'a file stands in the way');
    const journal = openLifecycleJournal({ stateDir, node: 'n', started: 'x' }, log);
    journal.stopped('SIGTERM');
    await expect(journal.close()).resolves.toBeUndefined();
  });
});
