// Two builds of one code, told apart by what the worker's activity says; for test/workflows/versioning.test.ts.
import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

const { build } = proxyActivities<{ build(): Promise<string> }>({ startToCloseTimeout: '5 seconds' });

/** Each signal asks the build that carries the run at that moment; both workflows are the same but for their behaviour. */
async function entity(): Promise<void> {
  const seen: string[] = [];
  setHandler(defineQuery<readonly string[]>('seen'), () => seen);
  setHandler(defineSignal('look'), async () => {
    seen.push(await build());
  });
  await condition(() => false);
}

export async function pinned(): Promise<void> {
  await entity();
}

export async function upgrading(): Promise<void> {
  await entity();
}
