// What durability costs a call: the durable lane of a whole control plane, beside a workflow with one activity and nothing
// else on the same server.
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import path from 'node:path';
import { median, post } from '../measure/http-load.js';
import { row, type Row } from '../measure/row.js';
import { timed } from '../measure/run.js';
import { series } from '../measure/series.js';
import { startControlPlane, temporalProgram } from '../subjects/control-plane.js';
import { providersFile } from '../subjects/gateway.js';
import { chatTarget } from '../subjects/llm-target.js';
import { startUpstream } from '../subjects/llm-upstream.js';
import { startMinimalWorker } from '../subjects/minimal-worker.js';
import { ourEnvironment } from '../subjects/ours.js';
import type { Scratch } from '../subjects/scratch.js';
import type { SuiteOptions } from './suite.js';

/** Calls of each kind in a round, in turn; a round's figure is their median. */
const CALLS = 15;

export async function benchDurable(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const into = series();
  const upstream = await startUpstream('model');
  const stateDir = scratch.dir('state');
  const configDir = path.join(scratch.dir('durable'), 'config');
  await mkdir(configDir);
  await writeFile(path.join(configDir, 'providers.yaml'), providersFile([`${upstream.url}/v1`]));
  const own = ourEnvironment(scratch.env, stateDir, scratch.dir('data'));
  const env = { ...own, NXS_CONFIG_DIR: configDir, NXS_TEMPORAL_CLI: await temporalProgram() };
  const plane = await startControlPlane(env, stateDir);
  try {
    await plane.firstBackup();
    const { http, temporal } = await plane.run();
    const minimal = await startMinimalWorker(temporal, upstream.url);
    const agent = new Agent({ keepAlive: true });
    const durable = { server: { url: http }, headers: { 'x-nxs-durable': 'true' }, model: 'auto' };
    const kinds = {
      ours: async () => {
        const { headers } = await post(chatTarget(durable, false), agent);
        if (headers['x-nxs-workflow-id'] === undefined) throw new Error('the durable lane did not answer');
      },
      plain: () => minimal.run(`${performance.now()}`, false),
      eager: () => minimal.run(`${performance.now()}`, true),
    };
    try {
      for (let round = 0; round <= options.rounds; round += 1) {
        const times = { ours: [] as number[], plain: [] as number[], eager: [] as number[] };
        for (let count = 0; count < CALLS; count += 1)
          for (const kind of ['ours', 'plain', 'eager'] as const) times[kind].push(await timed(kinds[kind]));
        if (round === 0) continue;
        for (const kind of ['ours', 'plain', 'eager'] as const) into.add(kind, median(times[kind]));
        options.say(`durable lane: round ${round} of ${options.rounds}`);
      }
    } finally {
      agent.destroy();
      await minimal.stop();
    }
  } finally {
    await plane.stop();
    await upstream.stop();
  }
  const ours = into.of('ours');
  return [
    row({
      what: 'durable lane, beside a workflow of one activity',
      ours,
      peer: into.of('plain'),
      bar: { of: 'ratio', most: 1.25 },
      note: `medians of ${CALLS} calls a round, one caller; both on the embedded server, ours over HTTP`,
    }),
    row({ what: 'durable lane, beside the same with an eager start', ours, peer: into.of('eager') }),
  ];
}
