// Histories of every version must replay on today's workflow code: a run that is under way when a node is upgraded goes on, it does not
// break. The set of the present version is recorded by `NXS_TEST_RECORD=1 npm test -- test/workflows`; CONTRIBUTING.md says when.
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataConverter } from '../../adapters/temporal/data-converter.js';
import { checkBundle } from '../../workers/bundle.js';
import { REPLAY_KEY } from '../support/payload-key.js';
import { packageVersion } from '../../workers/package-version.js';
import * as workflows from '../../workflows/index.js';
import {
  hasSet,
  HISTORIES,
  historiesOf,
  loadHistory,
  recordedVersions,
  recordingFolder,
  releasedSets,
  typeOf,
  type History,
} from '../support/histories.js';

// Once per process; the SDK says every step of every replay otherwise.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** Bytes: five years of releases fit a clone; a set is text that packs to a tenth. */
const LARGEST_SET = 1_500_000;

const all = recordedVersions().flatMap((version) =>
  historiesOf(version).map((name) => [version, name] as const),
);

/** All histories of one version in one worker: creating one costs more than a replay. */
async function replayAll(histories: readonly (readonly [string, History])[]): Promise<readonly string[]> {
  const codePath = await checkBundle(path.resolve(import.meta.dirname, '../../dist'));
  const failed: string[] = [];
  const results = Worker.runReplayHistories(
    // Plain ones and encrypted ones alike.
    { workflowBundle: { codePath }, dataConverter: dataConverter([REPLAY_KEY]) },
    histories.map(([name, history]) => ({ workflowId: `nxs/replay/backup/${name}`, history })),
  );
  for await (const { workflowId, error } of results)
    if (error !== undefined) failed.push(`${workflowId}: ${error.message}`);
  return failed;
}

describe('the recorded histories', () => {
  it('have a set of this version', () => {
    expect(hasSet(packageVersion())).toBe(true);
  });

  it.each(recordedVersions())(
    '%s: one of every workflow type that there was, in at most 1.5 MB',
    (version) => {
      const types = new Set(historiesOf(version).map((name) => typeOf(loadHistory(version, name))));
      if (version === packageVersion()) expect([...types].sort()).toEqual(Object.keys(workflows).sort());
      for (const type of types)
        expect(Object.keys(workflows), `${type} is needed by runs of ${version}`).toContain(type);
      const bytes = historiesOf(version).map(
        (name) => readFileSync(path.join(HISTORIES, version, name)).length,
      );
      expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LARGEST_SET);
    },
  );

  it('of a released version are the ones that were released', () => {
    for (const [version, digest] of Object.entries(releasedSets()))
      expect(digestOf(version), version).toBe(digest);
  });

  it('of a released version are never recorded again', () => {
    expect(recordingFolder('0.2.0', { '0.1.0': 'x' })).toMatch(/0\.2\.0$/);
    expect(() => recordingFolder('0.1.0', { '0.1.0': 'x' })).toThrow(/raise the version/);
  });
});

describe('replay', () => {
  it.each(recordedVersions())('every history of %s goes on with the present code', async (version) => {
    const histories = historiesOf(version).map(
      (name) => [`${version}/${name}`, loadHistory(version, name)] as const,
    );
    expect(await replayAll(histories)).toEqual([]);
  });

  it('fails on a history that the code would not have made, and names it', async () => {
    const [version = '', name = ''] = all.find(([, file]) => file === 'backup-green.json') ?? [];
    const text = JSON.stringify(loadHistory(version, name)).replaceAll('publishBackup', 'otherActivity');
    const failed = await replayAll([
      ['good', loadHistory(version, name)],
      ['bad', JSON.parse(text) as History],
    ]);
    expect(failed).toEqual([expect.stringMatching(/backup\/bad: .*([Nn]ondeterminism|TMPRL1100)/s)]);
  });
});

function digestOf(version: string): string {
  const hash = createHash('sha256');
  for (const name of [...historiesOf(version)].sort())
    hash.update(`${name}\n`).update(readFileSync(path.join(HISTORIES, version, name)));
  return hash.digest('hex');
}
