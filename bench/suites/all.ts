// Every suite, in the order in which a run of all goes through them.
import { benchBackup } from './backup.js';
import { benchFailover } from './failover.js';
import { benchGithub } from './github.js';
import { benchHealing } from './healing.js';
import { benchMemory } from './memory.js';
import { benchPage } from './page.js';
import { benchScale } from './scale.js';
import { benchStart } from './start.js';
import type { Suites } from './suite.js';
import { benchSync } from './sync.js';

export const SUITES: Suites = {
  backup: { summary: 'speed of a backup and its proof beside git and restic', run: benchBackup },
  start: { summary: 'start to /readyz, idle CPU and memory of each process', run: benchStart },
  memory: { summary: 'memory of the worker with a corpus of 1 GB, in two shapes', run: benchMemory },
  failover: {
    summary: 'price and use of the gateway beside a bare proxy, Portkey and LiteLLM',
    run: benchFailover,
  },
  github: {
    summary: 'requests, speed and memory of a backup to GitHub beside a bare octokit loop',
    run: benchGithub,
  },
  sync: { summary: 'a cycle beside raw git; from a file event to the other node', run: benchSync },
  healing: {
    summary: 'from a dead service to a verified one, approvals, idling, noise around thresholds',
    rounds: 10,
    run: benchHealing,
  },
  page: { summary: 'the page over a journal of 30 days, and what ten open ones cost', run: benchPage },
  scale: {
    summary:
      'a fleet on one server: what it costs a day for 10, 1,000 and 100,000 nodes, and one hub for all',
    onlyNamed: true,
    run: benchScale,
  },
};
