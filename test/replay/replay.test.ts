// Histories of every released version must replay on today's workflow code: a run that is under way when a node is
// upgraded goes on, it does not break. Histories are recorded by `NXS_TEST_RECORD=1 npm test -- test/workflows`.
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataConverter } from '../../adapters/temporal/data-converter.js';
import { checkBundle } from '../../workers/bundle.js';
import { REPLAY_KEY } from '../support/payload-key.js';

// Once per process; the SDK says every step of every replay otherwise.
Runtime.install({ logger: new DefaultLogger('ERROR') });

const DIR = path.join(import.meta.dirname, 'histories');
const names = readdirSync(DIR).filter((name) => name.endsWith('.json'));

type History = Record<string, unknown> & { events: Record<string, unknown>[] };

function load(name: string): History {
  return JSON.parse(readFileSync(path.join(DIR, name), 'utf8')) as History;
}

async function replay(history: History): Promise<void> {
  const codePath = await checkBundle(path.resolve(import.meta.dirname, '../../dist'));
  // Plain ones and encrypted ones alike.
  const options = { workflowBundle: { codePath }, dataConverter: dataConverter([REPLAY_KEY]) };
  await Worker.runReplayHistory(options, history, 'nxs/replay/backup/x');
}

describe('replay', () => {
  it('has histories of every workflow type', () => {
    const types = new Set(
      names.map((name) => JSON.stringify(load(name)).match(/"workflowType":\{"name":"(\w+)"/)?.[1]),
    );
    expect([...types].sort()).toEqual([
      'backupAndVerify',
      'checkAccessAndRecency',
      'completion',
      'healIncident',
      'healingLoop',
      'providerManager',
      'restoreDrill',
      'restoreFiles',
      'syncCycle',
      'verifyBackups',
    ]);
  });

  it.each(names)('%s replays on the present code', async (name) => {
    await expect(replay(load(name))).resolves.toBeUndefined();
  });

  it('fails on a history that the code would not have made', async () => {
    const text = readFileSync(path.join(DIR, 'backup-green.json'), 'utf8').replaceAll(
      'publishBackup',
      'otherActivity',
    );
    await expect(replay(JSON.parse(text) as History)).rejects.toThrow(
      /publishBackup|otherActivity|onDeterm|ondeterm/,
    );
  });
});
