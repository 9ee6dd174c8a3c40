// The public shapes against what is inside: a key that changes there does not compile here.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import { isNxsFailure, openNxs, type BackupRun, type Incident, type KpiReport } from '../../api/index.js';
import type { RunRecord } from '../../domain/backup/record.js';
import type { Incident as InnerIncident } from '../../domain/healing/incident.js';
import type { KpiReport as InnerReport } from '../../domain/kpi/model.js';

const dir = mkdtempSync(join(tmpdir(), 'nxs-api-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const notes: string[] = [];
const nxs = openNxs({
  env: { HOME: dir, NXS_STATE_DIR: join(dir, 'state'), NXS_DATA_DIR: join(dir, 'data'), NXS_NODE: 'here' },
  onNote: (line) => notes.push(line),
});

describe('the public shapes', () => {
  it('are part of those inside', () => {
    expectTypeOf<InnerReport>().toExtend<KpiReport>();
    expectTypeOf<InnerIncident>().toExtend<Incident>();
    expectTypeOf<RunRecord>().toExtend<BackupRun>();
  });
});

describe('openNxs without a control plane', () => {
  it('reads the state, as the commands do', async () => {
    const status = await nxs.status();
    expect(status).toMatchObject({
      node: 'here',
      control_plane: { running: false, ready: false, http: null },
      providers: { open: 0 },
      backup: { outcome: null },
      sync: null,
      healing: { needs_person: [] },
    });
    expect(status.kpis).toHaveLength(6);
    const report = await nxs.kpi('7d');
    expect(Date.parse(report.to) - Date.parse(report.from)).toBe(7 * 24 * 3_600_000);
    expect(await nxs.incidents({ open: true, limit: 1 })).toMatchObject({ paused: null, incidents: [] });
  });

  it('throws one kind of failure, with its code', async () => {
    const failure = await nxs.backup().catch((error: unknown) => error);
    expect(isNxsFailure(failure) && failure.code).toBe('TEMPORAL_UNREACHABLE');
    const word = { by: 'ann', reason: 'test' };
    const unknown = await nxs.approve('nobody', word).catch((error: unknown) => error);
    expect(isNxsFailure(unknown) && unknown.code).toBe('USAGE');
    const since = await nxs.kpi('soon').catch((error: unknown) => error);
    expect(isNxsFailure(since) && since.code).toBe('USAGE');
    expect(isNxsFailure(new Error('other'))).toBe(false);
  });
});
