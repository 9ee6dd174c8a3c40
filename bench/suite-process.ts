// Started by the bench: one suite, named with its options by the only argument. Its rows go to who started it.
import { machineLine } from './measure/machine.js';
import { reasonOf } from './measure/words.js';
import type { Order } from './session/options.js';
import type { Result } from './session/outcome.js';
import { openScratch } from './subjects/scratch.js';
import { SUITES } from './suites/all.js';

const { suite, ...options } = JSON.parse(process.argv[2] ?? '{}') as Order;

const say = (line: string) => void process.stderr.write(`bench: ${line}\n`);

async function measured(): Promise<Result> {
  const machine = machineLine();
  const scratch = openScratch();
  try {
    const rows = await SUITES[suite]?.run(scratch, { ...options, say });
    if (rows === undefined) throw new Error(`there is no suite "${suite}"`);
    return { kind: 'measured', machine, rows };
  } finally {
    scratch.remove();
  }
}

function failed(error: unknown): Result {
  say((error instanceof Error ? error.stack : null) ?? reasonOf(error));
  return { kind: 'failed', error: reasonOf(error) };
}

// Nobody waits for the figures any more.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
const result = await measured().catch(failed);
// What a suite left open must not keep the next one waiting.
process.send?.(result, () => process.exit(0));
