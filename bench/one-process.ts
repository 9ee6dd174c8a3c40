// Started by the bench: the steps of one run in a process of their own, with nothing warm. Prints what each took.
import { timed } from './measure/run.js';
import { openOurs } from './subjects/ours.js';

const began = performance.now();
const ours = await openOurs(process.env);
const loaded = performance.now() - began;
const [, , what = 'backup', run = 'one'] = process.argv;
if (what === 'verify-full') {
  const verify = await timed(() => ours.verifyFull(run));
  process.stdout.write(`${JSON.stringify({ loaded, verify })}\n`);
} else {
  const commit = await timed(() => ours.commit(run));
  const prove = await timed(() => ours.prove(run));
  process.stdout.write(`${JSON.stringify({ loaded, commit, prove })}\n`);
}
