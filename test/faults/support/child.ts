// One run, or one restore, in a process of its own, to be killed. It says each step that it has made.
import { readFileSync } from 'node:fs';
import type { RestoreInput } from '../../../activities/contracts.js';
import type { Config } from '../../../config/types.js';
import { restore, runBackup } from '../../support/e2e-plain.js';

interface Job {
  readonly config: Config;
  readonly run: string;
  readonly restore: Partial<RestoreInput> | null;
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const { config, run, restore: request } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job;
say('began');
if (request === null) {
  const { outcome, summary } = await runBackup(config, { run, onStep: say });
  say(`ended ${outcome}: ${summary}`);
} else {
  const { summary } = await restore(config, { ...request, run });
  say(`ended ${summary}`);
}
