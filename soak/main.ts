// `npm run soak`. Exit codes: 0 all held, 1 something did not, 2 a wrong option, 4 cut short.
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { errorMessage } from '../domain/errors.js';
import { HELP, readOptions, type SoakOptions } from './options.js';
import { planOf, type Planned } from './plan/plan.js';
import { lastLine, markdownOf } from './report/markdown.js';
import { runSoak } from './run.js';

const EXIT = { PASS: 0, FAIL: 1, INCONCLUSIVE: 4 } as const;

function say(line: string): void {
  process.stderr.write(`soak: ${line}\n`);
}

async function main(): Promise<number> {
  const options = await readOptions(process.argv.slice(2), () => randomInt(1, 1_000_000));
  if (typeof options === 'string') {
    say(options);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const plan = planned(options);
  if (typeof plan === 'string') {
    say(plan);
    return 2;
  }
  if (!options.plan) return soak(options);
  for (const { at, kind, target, lasts } of plan)
    process.stdout.write(`${(at / 1000).toFixed(1).padStart(8)} s  ${kind} ${target}  ${String(lasts)} ms\n`);
  return 0;
}

/** A sentence when a name does not exist. */
function planned({ minutes, seed, only }: SoakOptions): readonly Planned[] | string {
  try {
    return planOf({ seed, only, length: minutes * 60_000 });
  } catch (error) {
    return errorMessage(error);
  }
}

async function soak(options: SoakOptions): Promise<number> {
  const cut = new AbortController();
  const hear = () => {
    if (cut.signal.aborted) process.exit(130);
    say('cut short: ending everything that was started; once more ends it at once');
    cut.abort();
  };
  process.on('SIGINT', hear).on('SIGTERM', hear);
  const report = await runSoak(options, cut.signal, {
    say,
    violation({ invariant, what, evidence, faults }, offset) {
      say(
        `VIOLATION of ${invariant} at ${(offset / 1000).toFixed(1)} s, seed ${String(options.seed)}: ${what}`,
      );
      say(`  ${evidence}`);
      say(`  faults in force: ${faults.join(', ') || 'none'}`);
    },
  });
  for (const path of options.reports)
    await writeFile(path, path.endsWith('.md') ? markdownOf(report) : `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${lastLine(report)}\n`);
  return EXIT[report.verdict];
}

process.exitCode = await main().catch((error: unknown) => {
  say(errorMessage(error));
  return 1;
});
// What was left open (a stand-in's connection) must not keep it.
process.exit();
