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
  readonly nodes: number;
  readonly minutes: number;
  readonly with: readonly string[];
}

export type Wish = { readonly kind: 'list' } | RunWish;

const ROUNDS = 5;
/** A run of all suites takes half an hour with these, and an hour with the usual ones. */
const ROUNDS_AMONG_ALL = 3;
const IDLE_S = 120;
const NODES = 20;
/** Multiples of 5 hold whole rounds of sync. */
const MINUTES = 5;
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
  for (const number of ['rounds', 'idle', 'nodes', 'minutes'] as const) {
    const given = values[number];
    if (given !== undefined && !(Number.isSafeInteger(Number(given)) && Number(given) > 0))
      return `--${number} "${given}" is no whole number above 0.`;
  }
  const peer = values.with.find((each) => !ON_REQUEST.includes(each));
  if (peer !== undefined)
    return `--with "${peer}" is no peer that waits to be asked for; there is ${ON_REQUEST.join(', ')}.`;
  const all = names.length === 0;
  const chosen = all
    ? Object.keys(suites).filter((name) => suites[name]?.onlyNamed !== true)
    : [...new Set(names)];
  const orders = chosen.map((suite) => ({
    suite,
    rounds: Number(values.rounds ?? (all ? ROUNDS_AMONG_ALL : (suites[suite]?.rounds ?? ROUNDS))),
    idle: Number(values.idle ?? IDLE_S) * 1000,
    nodes: Number(values.nodes ?? NODES),
    minutes: Number(values.minutes ?? MINUTES),
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
        minutes: { type: 'string' },
        nodes: { type: 'string' },
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
    'Usage: npm run bench [-- [SUITE ...] [--rounds N] [--json FILE]]\n',
    'Without a name every suite runs, one after the other:\n',
    ...lines,
    'Further options: --idle SECONDS (healing), --nodes N and --minutes N (scale), --with litellm (failover)\n',
  ].join('');
}
