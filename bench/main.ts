// `npm run bench`. Exit codes: 0 measured, whatever came out; 1 a suite or a part of it failed; 2 a wrong option.
import { access, constants, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderTable } from './measure/table.js';
import { duration } from './measure/words.js';
import { documentOf } from './session/document.js';
import { forkSuite } from './session/fork.js';
import { listing, readOptions, type RunWish } from './session/options.js';
import type { Outcome } from './session/outcome.js';
import { runSession } from './session/session.js';
import { anythingFailed, renderSummary } from './session/summary.js';
import { builtBench } from './subjects/root.js';
import { SUITES } from './suites/all.js';

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<number> {
  const wish = readOptions(process.argv.slice(2), SUITES);
  if (typeof wish === 'string') return refuse(wish);
  if (wish.kind === 'list') {
    process.stdout.write(listing(SUITES));
    return 0;
  }
  const wrong = await unwritable(wish.json);
  return wrong === null ? bench(wish) : refuse(wrong);
}

function refuse(sentence: string): number {
  process.stderr.write(`bench: ${sentence}\n`);
  return 2;
}

/** A sentence when the file could not be written, said before half an hour is spent. */
async function unwritable(json: string | null): Promise<string | null> {
  if (json === null) return null;
  const folder = path.dirname(path.resolve(json));
  return access(folder, constants.W_OK).then(
    () => null,
    () => `--json "${json}": nothing can be written into ${folder}.`,
  );
}

async function bench({ suites, json }: RunWish): Promise<number> {
  const cut = new AbortController();
  const hear = () => cut.abort();
  process.on('SIGINT', hear).on('SIGTERM', hear);
  const several = suites.length > 1;
  const outcomes = await runSession(suites, {
    measure: (order) => forkSuite(builtBench('suite-process.js'), order, cut.signal),
    cut: () => cut.signal.aborted,
    clock: () => performance.now() / 1000,
    async done(outcome, all) {
      print(`${shownOutcome(outcome)}\n`);
      if (json !== null) await writeFile(json, `${JSON.stringify(documentOf(all, several), null, 2)}\n`);
    },
  });
  if (cut.signal.aborted) return 130;
  if (several) print(renderSummary(outcomes));
  return anythingFailed(outcomes) ? 1 : 0;
}

function shownOutcome(outcome: Outcome): string {
  const { suite, seconds } = outcome;
  if (outcome.kind === 'failed') return `${suite}: failed after ${duration(seconds)}: ${outcome.error}`;
  const { machine, rounds, rows } = outcome;
  return `${renderTable(`${suite}: ${machine}`, rows)}\n\n${suite} took ${duration(seconds)} (rounds: ${rounds})`;
}

process.exitCode = await main();
