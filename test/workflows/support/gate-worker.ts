// A worker in a process of its own, to be killed: incidents that ask at once, and acts that are lines of a file.
// Arguments: address, task queue, workflow bundle, file of acts, ms until a question ends.
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { appendFileSync } from 'node:fs';
import type { HealingActivities } from '../../../activities/contracts.js';
import { signalTimes } from '../../../workers/healing/temporal-parts.js';
import { plan, waitForever } from './healing-cast.js';

const [address = '', taskQueue = '', codePath = '', file = '', expiresAfter = ''] = process.argv.slice(2);

Runtime.install({ logger: new DefaultLogger('ERROR') });
const client = new Client({ connection: await Connection.connect({ address }) });
const nothing = () => Promise.resolve();

const activities: Omit<HealingActivities, 'monitorHost' | 'noteBlind'> = {
  openIncident: nothing,
  askApproval: nothing,
  noteAnswer: nothing,
  noteStuck: nothing,
  closeIncident: nothing,
  planStep({ incident, attempt }) {
    if (attempt > 1) return Promise.resolve({ kind: 'cleared', detail: 'asked once' });
    const { gate } = plan(5);
    const rules = { ...gate, approvers: ['ops', 'bob'], expiresAfter: Number(expiresAfter) };
    return Promise.resolve({
      kind: 'act',
      act: plan(5, { incident, request: `${incident}-1`, snooze: 100, gate: rules }),
      skipped: [],
    });
  },
  act({ incident }) {
    appendFileSync(file, `${incident}\n`);
    return Promise.resolve({ state: 'completed', detail: '' });
  },
  verifyHealed: () => Promise.resolve({ healed: true, detail: '' }),
  awaitClear: waitForever,
  signalTimes: (run) => signalTimes(client, run),
  checkSignature: () => Promise.resolve('none'),
};

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath },
  stickyQueueScheduleToStartTimeout: '1s',
  activities: { ...activities },
});
process.stdout.write('polling\n');
await worker.run();
