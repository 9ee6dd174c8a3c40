// What durability costs: a no-change run as a workflow on the embedded server, less the same steps without it.
import { row, type Row } from '../measure/row.js';
import { timed } from '../measure/run.js';
import { series } from '../measure/series.js';
import { startControlPlane, temporalProgram } from '../subjects/control-plane.js';
import { openOurs, ourEnvironment } from '../subjects/ours.js';
import type { Scratch } from '../subjects/scratch.js';
import { startWorkflow } from '../../workers/start-workflow.js';
import type { SuiteOptions } from './suite.js';

export async function benchWorkflow(
  scratch: Scratch,
  data: string,
  options: SuiteOptions,
): Promise<readonly Row[]> {
  const into = series();
  const stateDir = scratch.dir('state');
  const env = { ...ourEnvironment(scratch.env, stateDir, data), NXS_TEMPORAL_CLI: await temporalProgram() };
  const plane = await startControlPlane(env, stateDir);
  try {
    await plane.firstBackup();
    const connection = await plane.connect();
    const input = { node: 'bench', trigger: 'person', confirm: null };
    const start = {
      node: 'bench',
      kind: 'backup',
      type: 'backupAndVerify',
      by: 'bench',
      input,
      summary: 'bench',
    } as const;
    const ours = await openOurs(ourEnvironment(scratch.env, scratch.dir('state'), data));
    const steps = async (run: string) => {
      await ours.commit(run);
      await ours.prove(run);
      await ours.finish(run);
    };
    await steps('first');
    for (let round = 0; round <= options.rounds; round += 1) {
      const workflow = await timed(async () => (await startWorkflow(connection.client, start)).result());
      const direct = await timed(() => steps(`round-${round}`));
      if (round === 0) continue;
      into.add('workflow', workflow);
      into.add('overhead', workflow - direct);
      into.add('direct', direct);
      options.say(`workflow: round ${round} of ${options.rounds}`);
    }
    await connection.close();
  } finally {
    await plane.stop();
  }
  const note =
    'peer: the same steps and the record in this process, without workflow, heartbeats and journal';
  return [
    row({ what: 'no change as a workflow', ours: into.of('workflow'), peer: into.of('direct'), note }),
    row({ what: "the workflow's own overhead", ours: into.of('overhead') }),
  ];
}
