// The steps of a run without Temporal, wired by the product's own composition root.
import { checkAccess } from '../../activities/backup/access.js';
import { checkBackup } from '../../activities/backup/check.js';
import { planBackup } from '../../activities/backup/plan.js';
import { publishBackup } from '../../activities/backup/publish.js';
import { recordBackup } from '../../activities/backup/record.js';
import { restoreBackup } from '../../activities/backup/restore.js';
import { verifyBackup } from '../../activities/backup/verify.js';
import type { BackupPlan } from '../../activities/contracts.js';
import { allProved } from '../../domain/backup/record.js';
import { loadConfig } from '../../config/load.js';
import { backupPorts, SILENT } from '../../workers/backup-parts.js';
import { standing } from '../../workers/offline.js';

export interface OurSteps {
  /** plan + publish; returns the files that were read. */
  commit(run: string): Promise<number>;
  /** Reads back what is due and hashes it; throws unless every file is proved. Returns the bytes read. */
  prove(run: string): Promise<number>;
  /** `verify --full`; throws unless green. */
  verifyFull(run: string): Promise<number>;
  /** The hourly pass: a share of it is read; throws unless green. */
  verifyRolling(run: string): Promise<void>;
  /** The hourly look at the destinations. */
  access(run: string): Promise<void>;
  /** All files below `to`, proved; throws when one could not be restored. Returns their number. */
  restore(run: string, to: string): Promise<number>;
  /** What a run ends with: its record, and its stage removed. */
  finish(run: string): Promise<void>;
}

/** Everything as `npm start` would have it, but in scratch directories. `env` names them. */
export async function openOurs(env: NodeJS.ProcessEnv): Promise<OurSteps> {
  const config = await loadConfig({ env });
  const ports = backupPorts(config, SILENT);
  const task = standing(() => undefined);
  const destination = ports.destinations[0]?.name ?? '';
  let plan: BackupPlan | null = null;
  return {
    async commit(run) {
      plan = await planBackup(ports, { run, confirm: null }, task);
      if (plan.held !== null || plan.problems > 0) throw new Error(`the plan of ${run} is not clean`);
      await publishBackup(ports, { run, destination }, task);
      return plan.read;
    },
    async prove(run) {
      const { counts, read } = await verifyBackup(ports, { run, destination, round: 0 }, task);
      if (!allProved(counts)) throw new Error(`${run} is not proved: ${JSON.stringify(counts)}`);
      return read.bytes;
    },
    async verifyFull(run) {
      const input = { run, workflowId: 'bench', destination: null, level: 'full' } as const;
      const result = await checkBackup(ports, input, task);
      if (!result.green) throw new Error(`verify --full is not green: ${result.summary}`);
      return result.destinations.reduce((sum, { read }) => sum + read.bytes, 0);
    },
    async verifyRolling(run) {
      const input = { run, workflowId: 'bench', destination: null, level: 'rolling' } as const;
      const result = await checkBackup(ports, input, task);
      if (!result.green) throw new Error(`the rolling pass is not green: ${result.summary}`);
    },
    async access(run) {
      const result = await checkAccess(ports, { run }, task);
      if (!result.healthy) throw new Error(result.summary);
    },
    async restore(run, to) {
      const input = { destination: null, at: null, paths: [], dryRun: false, undo: null };
      const about = { run, workflowId: 'bench', to };
      const { restored, notes } = await restoreBackup(ports, { ...input, ...about }, task);
      if (notes.length > 0) throw new Error(`${run} is not whole: ${notes.join('; ')}`);
      return restored;
    },
    async finish(run) {
      const started = new Date().toISOString();
      const about = { run, workflowId: 'bench', trigger: 'person', started } as const;
      await recordBackup(ports, { ...about, plan, destinations: [], failure: null });
    },
  };
}

/** Environment of one node: its own state, the given data. */
export function ourEnvironment(
  base: NodeJS.ProcessEnv,
  stateDir: string,
  dataDir: string,
): NodeJS.ProcessEnv {
  return { ...base, NXS_NODE: 'bench', NXS_STATE_DIR: stateDir, NXS_DATA_DIR: dataDir };
}
