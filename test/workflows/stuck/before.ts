// The code that the run was started with; for test/workflows/stuck.test.ts.
import { condition, sleep } from '@temporalio/workflow';

export async function healingLoop(): Promise<void> {
  await sleep(1);
  await condition(() => false);
}

export async function steady(): Promise<void> {
  await condition(() => false);
}
