// One kill: incidents that ask, words of people around the end of the question, a worker that dies somewhere among them, and
// another one that comes when all is over. What came out is compared with what the server's history says.
import type { WorkflowHandle } from '@temporalio/client';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { checkBundle } from '../../../workers/bundle.js';
import { taskQueue, workflowId } from '../../../domain/ids.js';
import type { IncidentStatus } from '../../../workflows/messages.js';
import { bundleScript, runScript, type Running } from '../../adapters/journal/support/run-script.js';
import type { Random } from '../../support/e2e-random.js';
import { until } from '../../support/until.js';
import { Client, Connection } from '@temporalio/client';
import { ANOMALY } from './healing-cast.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const EXPIRES_AFTER = 5_000;
const INCIDENTS = 10;

export interface Kills {
  /** Sentences about wrong outcomes; empty when all is right. */
  round(random: Random): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openKills(): Promise<Kills> {
  // Below the repository, where the worker's packages are found.
  const dir = path.join(ROOT, 'node_modules/.cache', `nxs-gate-${String(process.pid)}`);
  await mkdir(dir, { recursive: true });
  const source = path.join(import.meta.dirname, 'gate-worker.ts');
  const script = bundleScript(source, path.join(dir, 'worker.mjs'), '--packages=external');
  const codePath = await checkBundle(path.join(ROOT, 'dist'));
  const address = inject('temporalAddress');
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  let rounds = 0;

  async function startWorker(node: string, acts: string): Promise<Running> {
    const worker = runScript(script, [address, taskQueue(node), codePath, acts, String(EXPIRES_AFTER)]);
    await until(() => worker.lines().includes('polling'));
    return worker;
  }

  return {
    async round(random) {
      rounds += 1;
      const node = `kill-${String(process.pid)}-${String(rounds)}`;
      const acts = path.join(dir, `${node}.acts`);
      const first = await startWorker(node, acts);
      const handles = await Promise.all(
        [...Array(INCIDENTS).keys()].map((n) =>
          client.workflow.start('healIncident', {
            workflowId: workflowId(node, 'incident', String(n)),
            taskQueue: taskQueue(node),
            args: [{ node, incident: String(n), anomaly: ANOMALY, by: null }],
          }),
        ),
      );
      const questions = await Promise.all(handles.map(questionOf));
      const death = sleep(random.below(EXPIRES_AFTER + 500)).then(() => first.child.kill('SIGKILL'));
      await Promise.all([death, ...handles.map((handle) => talk(handle, random))]);
      await until(() => questions.every(({ expires }) => Date.now() > expires + 200));
      const second = await startWorker(node, acts);
      try {
        await Promise.all(handles.map((handle) => handle.result()));
        const done = existsSync(acts) ? readFileSync(acts, 'utf8').split('\n') : [];
        const wrong = await Promise.all(
          handles.map(async (handle, n) => {
            const { opened, expires } = questions[n] ?? { opened: 0, expires: 0 };
            const wanted = (await shouldAct(handle, opened, expires)) ? 1 : 0;
            const times = done.filter((line) => line === String(n)).length;
            return times === wanted
              ? []
              : [`${handle.workflowId}: ${String(times)} acts, not ${String(wanted)}`];
          }),
        );
        return wrong.flat();
      } finally {
        second.child.kill('SIGKILL');
        await Promise.all([first.ended, second.ended]);
      }
    },
    async close() {
      await connection.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function questionOf(handle: WorkflowHandle): Promise<{ opened: number; expires: number }> {
  const { question } = await until(async () => {
    const status = await handle.query<IncidentStatus>('status');
    return status.question === null ? null : status;
  });
  return { opened: Date.parse(question?.opened ?? ''), expires: Date.parse(question?.expires ?? '') };
}

/** One to four words of different people, at any time until a second after the end. */
async function talk(handle: WorkflowHandle, random: Random): Promise<void> {
  const words = [...Array(1 + random.below(4)).keys()].map(() => ({
    after: random.below(EXPIRES_AFTER + 1_000),
    verdict: random.pick(['approve', 'deny'] as const),
    by: random.pick(['ops', 'bob', 'mallory']),
  }));
  await Promise.all(
    words.map(async ({ after, verdict, by }) => {
      await sleep(after);
      // A decision may have ended it already.
      await handle.signal(verdict, { by, reason: 'a story' }).catch(() => undefined);
    }),
  );
}

/** By the history alone: the first word of an approver between opening and end decides. */
async function shouldAct(handle: WorkflowHandle, opened: number, expires: number): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  for (const { workflowExecutionSignaledEventAttributes: signal, eventTime } of events ?? []) {
    if (signal === null || signal === undefined) continue;
    const at = Number(eventTime?.seconds ?? 0) * 1000 + Math.floor((eventTime?.nanos ?? 0) / 1e6);
    const { by } = JSON.parse(Buffer.from(signal.input?.payloads?.[0]?.data ?? []).toString()) as {
      by: string;
    };
    if (by === 'mallory' || at < opened || at >= expires) continue;
    return signal.signalName === 'approve';
  }
  return false;
}
