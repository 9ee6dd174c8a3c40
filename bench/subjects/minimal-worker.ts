// A worker in the bench's own process with one workflow of one activity: the yardstick of the durable lane.
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Client } from '@temporalio/client';
import { Agent } from 'node:http';
import { post } from '../measure/http-load.js';
import { chatTarget } from './llm-target.js';
import { builtBench } from './root.js';

export interface MinimalWorker {
  /** One call of the provider as a workflow; resolves with its answer. `eager`: handed to the worker in the start's reply. */
  run(id: string, eager: boolean): Promise<string>;
  stop(): Promise<void>;
}

const TASK_QUEUE = 'nxs-bench-minimal';

/** `address` of the server, `provider` without /v1. */
export async function startMinimalWorker(address: string, provider: string): Promise<MinimalWorker> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  // Eager starts need the client to share the worker's connection.
  const connection = await NativeConnection.connect({ address });
  const agent = new Agent({ keepAlive: true });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: builtBench('minimal-workflow.js'),
    activities: {
      async call(url: string) {
        const target = chatTarget({ server: { url }, headers: {}, model: 'model' }, false);
        return (await post(target, agent)).body;
      },
    },
  });
  const running = worker.run();
  const client = new Client({ connection });
  return {
    run: (id, eager) =>
      client.workflow.execute<(url: string) => Promise<string>>('minimal', {
        workflowId: `bench-minimal-${id}`,
        taskQueue: TASK_QUEUE,
        args: [provider],
        requestEagerStart: eager,
      }),
    async stop() {
      worker.shutdown();
      await running;
      agent.destroy();
      await connection.close();
    },
  };
}
