import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { machineLine } from './measure/machine.js';
import { renderTable } from './measure/table.js';
import { openScratch } from './subjects/scratch.js';
import { benchBackup } from './suites/backup.js';
import { benchFailover } from './suites/failover.js';
import { benchGithub } from './suites/github.js';
import { benchHealing } from './suites/healing.js';
import { benchMemory } from './suites/memory.js';
import { benchPage } from './suites/page.js';
import { benchScale } from './suites/scale.js';
import { benchStart } from './suites/start.js';
import type { Suite } from './suites/suite.js';
import { benchSync } from './suites/sync.js';

const SUITES: Readonly<Record<string, Suite>> = {
  backup: { summary: 'speed of a backup and its proof beside git and restic', run: benchBackup },
  start: { summary: 'start to /readyz, idle CPU and memory of each process', run: benchStart },
  failover: {
    summary: 'price and use of the gateway beside a bare proxy, Portkey and LiteLLM',
    run: benchFailover,
  },
  github: {
    summary: 'requests, speed and memory of a backup to GitHub beside a bare octokit loop',
    run: benchGithub,
  },
  healing: {
    summary: 'from a dead service to a verified one, approvals, idling, noise around thresholds',
    run: (scratch, options) =>
      benchHealing(scratch, { ...options, idle: 1000 * Math.max(1, Number(values.idle) || 120) }),
  },
  sync: { summary: 'a cycle beside raw git; from a file event to the other node', run: benchSync },
  page: { summary: 'the page over a journal of 30 days, and what ten open ones cost', run: benchPage },
  scale: {
    summary:
      'a fleet on one server: what it costs a day for 10, 1,000 and 100,000 nodes, and one hub for all',
    run: (scratch, options) =>
      benchScale(scratch, {
        ...options,
        nodes: Math.max(1, Number(values.nodes) || 20),
        minutes: Math.max(1, Number(values.minutes) || 5),
      }),
  },
  memory: { summary: 'memory of the worker with a corpus of 1 GB, in two shapes', run: benchMemory },
};

/** Rounds of a suite that is not told; others take 5. */
const ROUNDS: Readonly<Record<string, number>> = { healing: 10 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    idle: { type: 'string' },
    json: { type: 'string' },
    minutes: { type: 'string' },
    nodes: { type: 'string' },
    rounds: { type: 'string' },
    with: { type: 'string', multiple: true, default: [] },
  },
});
const name = positionals[0] ?? 'list';
const suite = SUITES[name];
if (suite === undefined) {
  for (const [each, { summary }] of Object.entries(SUITES))
    process.stdout.write(`${each.padEnd(8)} ${summary}\n`);
  process.exitCode = name === 'list' ? 0 : 2;
} else {
  await runSuite(name, suite);
}

async function runSuite(title: string, { run }: Suite): Promise<void> {
  const machine = machineLine();
  const rounds = Math.max(1, Math.floor(Number(values.rounds)) || (ROUNDS[title] ?? 5));
  const scratch = openScratch();
  try {
    const say = (line: string) => void process.stderr.write(`bench: ${line}\n`);
    const rows = await run(scratch, { rounds, with: values.with, say });
    process.stdout.write(`${renderTable(`${title}: ${machine}`, rows)}\n`);
    if (values.json !== undefined) {
      await writeFile(values.json, `${JSON.stringify({ suite: title, machine, rounds, rows }, null, 2)}\n`);
    }
  } finally {
    scratch.remove();
  }
}
