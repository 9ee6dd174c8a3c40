// The same after a change that nobody guarded; for test/workflows/stuck.test.ts.
import { condition } from '@temporalio/workflow';

export async function healingLoop(): Promise<void> {
  await condition(() => false);
}

export async function steady(): Promise<void> {
  await condition(() => false);
}
