// All watchers side by side, each in its own rhythm. A look that breaks is told as a fault of the soak itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../../domain/errors.js';
import { runNow } from '../../drill/backup/schedule.js';
import type { WorkflowSeen } from '../checks/histories.js';
import { nodesOf, type Scene } from './scene.js';
import { watchCalls, type CallWatch } from './calls.js';
import {
  checkActs,
  checkContent,
  checkHistories,
  checkJournals,
  checkKpis,
  checkLogs,
  checkState,
} from './books.js';
import { watchGreen, type GreenWatch } from './green.js';
import { watchResources, type ResourceWatch } from './resources.js';

export interface Watch {
  readonly resources: ResourceWatch;
  readonly green: ReadonlyMap<string, GreenWatch>;
  readonly calls: CallWatch;
  /** Workflows as they were seen while they ran. */
  readonly workflows: readonly WorkflowSeen[];
  /** Ends when the signal is given. */
  readonly done: Promise<void>;
}

export function keepWatch(scene: Scene, over: AbortSignal): Watch {
  const resources = watchResources(scene);
  const calls = watchCalls(scene);
  const workflows: WorkflowSeen[] = [];
  const green = new Map(nodesOf(scene).map((node) => [node.name, watchGreen(scene, node)]));

  async function every(seconds: number, name: string, look: () => unknown): Promise<void> {
    for (;;) {
      await sleep(seconds * 1000, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) return;
      try {
        await look();
      } catch (error) {
        scene.court.check('soak', [{ what: `the look at ${name} broke`, evidence: errorMessage(error) }]);
      }
    }
  }

  /** Verifications and restore drills come more often than in real life. An engine that is away is asked the next time. */
  const bringForward = (kind: 'verify' | 'restore-drill') => async () => {
    for (const { plane } of nodesOf(scene)) await runNow(plane, kind).catch(() => undefined);
  };

  const done = Promise.all([
    every(5, 'resources', () => resources.sample()),
    every(8, 'processes', () => resources.look()),
    every(10, 'calls', () => calls.look()),
    ...[...green].map(([name, watch]) => every(3, `backups of ${name}`, () => watch.look())),
    every(30, 'contents', () => checkContent(scene)),
    every(20, 'acts', () => checkActs(scene)),
    every(60, 'journals', () => checkJournals(scene)),
    every(100, 'KPIs', () => checkKpis(scene)),
    every(45, 'histories', async () => workflows.push(...(await checkHistories(scene)))),
    every(120, 'logs', () => checkLogs(scene)),
    every(90, 'state', () => checkState(scene)),
    every(75, 'verifications', bringForward('verify')),
    every(290, 'restore drills', bringForward('restore-drill')),
  ]).then(() => undefined);
  return { resources, green, calls, workflows, done };
}
