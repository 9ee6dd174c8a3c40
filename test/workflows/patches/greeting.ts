// One workflow in five states of its life, for test/workflows/patches.test.ts: bundled by itself, never part of the product.
import { sleep } from '@temporalio/workflow';
import { patchesOf, type Patch } from '../../../workflows/patches.js';

const row: Omit<Patch, 'ways'> = {
  since: '9.0.0',
  date: '2030-01-01',
  reason: 'waits twice',
  removable: '9.2.0',
};
const both = patchesOf({ 'greet-waits-twice': { ...row, ways: 'both' } });
const only = patchesOf({ 'greet-waits-twice': { ...row, ways: 'new' } });

/** As it was released first. */
export async function original(): Promise<string> {
  await sleep(1);
  return 'once';
}

/** Changed without a patch: what must not happen. */
export async function careless(): Promise<string> {
  await sleep(1);
  await sleep(2);
  return 'twice';
}

/** Changed with one. */
export async function guarded(): Promise<string> {
  await sleep(1);
  if (!both.isNew('greet-waits-twice')) return 'once';
  await sleep(2);
  return 'twice';
}

/** The old way is gone. */
export async function settled(): Promise<string> {
  await sleep(1);
  only.isNew('greet-waits-twice');
  await sleep(2);
  return 'twice';
}

/** The row is gone too: after the last history with the mark. */
export async function removed(): Promise<string> {
  return careless();
}
