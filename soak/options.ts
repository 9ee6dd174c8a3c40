// The command line of a soak.
import { access, constants } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly only: readonly string[];
  /** Absolute paths that end in .md or .json. */
  readonly reports: readonly string[];
  /** Prints the plan and does nothing. */
  readonly plan: boolean;
  /** The scratch directory stays. */
  readonly keep: boolean;
  readonly help: boolean;
}

export const HELP = `Usage: npm run soak -- --minutes N [options]

Two control planes, a hub, a GitHub, providers and services of its own, random faults from a seed, and what must hold all the time.

Options:
  --minutes N       length of the faults (default 5); the calm afterwards takes a few more
  --seed S          the same seed gives the same plan (default: drawn, and told)
  --only NAMES      groups or kinds of faults, with commas between
  --report FILES    .md and .json, with commas between
  --plan            prints the plan and ends
  --keep            the scratch directory stays, and is named
`;

/** A sentence when something is wrong with it. */
export async function readOptions(
  args: readonly string[],
  draw: () => number,
): Promise<SoakOptions | string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '5' },
        seed: { type: 'string' },
        only: { type: 'string', default: '' },
        report: { type: 'string', default: '' },
        plan: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const minutes = Number(values.minutes);
    if (!(minutes > 0 && minutes <= 100_000)) return `--minutes "${values.minutes}" is no number above 0.`;
    const seed = values.seed === undefined ? draw() : Number(values.seed);
    if (!Number.isSafeInteger(seed) || seed < 0) return `--seed "${values.seed ?? ''}" is no whole number.`;
    const reports = words(values.report).map((name) => resolve(name));
    for (const path of reports) {
      if (!['.md', '.json'].includes(extname(path)))
        return `--report "${path}" ends in neither .md nor .json.`;
      await access(dirname(path), constants.W_OK);
    }
    const { plan, keep, help } = values;
    return { minutes, seed, only: words(values.only), reports, plan, keep, help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function words(text: string): readonly string[] {
  return text.split(',').filter((word) => word !== '');
}
