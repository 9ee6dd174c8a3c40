// The command line of the bench.
import { parseArgs } from 'node:util';
import type { Suites } from '../suites/suite.js';

export interface RunWish {
  readonly kind: 'run';
  /** In the order in which they run, each once. */
  readonly suites: readonly Order[];
  /** File that takes the figures; null: none. */
  readonly json: string | null;
}

/** What the process of one suite is told; it travels as JSON. */
export interface Order {
  readonly suite: string;
  readonly rounds: number;
  /** ms */
  readonly idle: number;
  readonly with: readonly string[];
}

export type Wish = { readonly kind: 'list' } | RunWish;

const ROUNDS = 5;
/** A run of all suites takes half an hour with these, and an hour with the usual ones. */
const ROUNDS_AMONG_ALL = 3;
const IDLE_S = 120;
/** Peers that are fetched only when they are asked for. */
const ON_REQUEST = ['litellm'];

/** A sentence when something is wrong with it. */
export function readOptions(args: readonly string[], suites: Suites): Wish | string {
  const read = parsed(args);
  if (typeof read === 'string') return read;
  const { values, positionals: names } = read;
  if (values.help || (names.length === 1 && names[0] === 'list')) return { kind: 'list' };
  const unknown = names.find((name) => suites[name] === undefined);
  if (unknown !== undefined)
    return `there is no suite "${unknown}"; there are ${Object.keys(suites).join(', ')}.`;
  const rounds = values.rounds === undefined ? null : Number(values.rounds);
  if (rounds !== null && !(Number.isSafeInteger(rounds) && rounds > 0))
    return `--rounds "${values.rounds ?? ''}" is no whole number above 0.`;
  const idle = values.idle === undefined ? IDLE_S : Number(values.idle);
  if (!(idle >= 1 && Number.isFinite(idle)))
    return `--idle "${values.idle ?? ''}" is no number of seconds from 1.`;
  const peer = values.with.find((each) => !ON_REQUEST.includes(each));
  if (peer !== undefined)
    return `--with "${peer}" is no peer that waits to be asked for; there is ${ON_REQUEST.join(', ')}.`;
  const all = names.length === 0;
  const chosen = all
    ? Object.keys(suites).filter((name) => suites[name]?.onlyNamed !== true)
    : [...new Set(names)];
  const orders = chosen.map((suite) => ({
    suite,
    rounds: rounds ?? (all ? ROUNDS_AMONG_ALL : (suites[suite]?.rounds ?? ROUNDS)),
    idle: idle * 1000,
    with: values.with,
  }));
  return { kind: 'run', suites: orders, json: values.json ?? null };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        idle: { type: 'string' },
        json: { type: 'string' },
        rounds: { type: 'string' },
        with: { type: 'string', multiple: true, default: [] },
      },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What there is, and how to ask for it. */
export function listing(suites: Suites): string {
  const lines = Object.entries(suites).map(([name, { summary, onlyNamed = false }]) => {
    return `  ${name.padEnd(8)} ${summary}${onlyNamed ? ' (runs only when it is named)' : ''}\n`;
  });
  return [
    'Usage: npm run bench [-- [SUITE ...] [--rounds N] [--idle SECONDS] [--with litellm] [--json FILE]]\n',
    'Without a name every suite runs, one after the other:\n',
    ...lines,
  ].join('');
}
