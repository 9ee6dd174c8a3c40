// A service that dies or hangs, and one that only a harsh step brings back, with people who answer in all the ways that people do.
import { setTimeout as sleep } from 'node:timers/promises';
import { signal } from '../../drill/healing/signal.js';
import type { SoakNode } from '../world/node.js';
import { EXPIRES_MS } from '../world/node.js';
import { atOnce, eventsSince, goesOn, nodeOf, type Fault, type Stage } from './fault.js';

const killed: Fault = async (planned, stage) => {
  const { web } = nodeOf(planned, stage);
  const pid = await web.pid();
  if (pid === null) return null;
  await web.kill();
  return {
    note: `process ${String(pid)}`,
    lift: atOnce,
    recovered: async () => (await web.pid()) !== null,
  };
};

const hangs: Fault = async (planned, stage) => {
  const { web } = nodeOf(planned, stage);
  const pid = await web.pid();
  if (pid === null) return null;
  process.kill(pid, 'SIGSTOP');
  return {
    note: `process ${String(pid)}`,
    lift: () => goesOn(pid),
    recovered: async () => (await web.pid()) !== null,
  };
};

interface Question {
  readonly incident: string;
  readonly request: string;
}

type Ways = Readonly<Record<string, (node: SoakNode, question: Question, stage: Stage) => Promise<void>>>;

/** How the first question is answered. Every later one gets a yes. */
const WAYS: Ways = {
  given: (node, question) => says(node, 'approve', question, 'ann'),
  'given by signal': (node, { incident, request }) =>
    signal(node.plane, incident, 'approve', { by: 'ann', reason: 'soak', request }),
  'given twice': async (node, question) => {
    await Promise.all([says(node, 'approve', question, 'ann'), says(node, 'approve', question, 'ann')]);
  },
  'given by two': async (node, question) => {
    await Promise.all([says(node, 'approve', question, 'ann'), says(node, 'approve', question, 'ben')]);
  },
  'given and denied at once': async (node, question) => {
    await Promise.all([says(node, 'approve', question, 'ann'), says(node, 'deny', question, 'ben')]);
  },
  denied: (node, question) => says(node, 'deny', question, 'ben'),
  late: async (node, question, stage) => {
    await sleep(EXPIRES_MS + 5_000, undefined, { signal: stage.over }).catch(() => undefined);
    await says(node, 'approve', question, 'ann');
  },
};

const ANSWER_MS = 240_000;

const needsApproval: Fault = async (planned, stage) => {
  const node = nodeOf(planned, stage);
  const { till } = node;
  if ((await till.pid()) === null) return null;
  const ways = Object.keys(WAYS);
  const way = ways[Math.floor(planned.pick * ways.length)] ?? 'given';
  const began = Date.now();
  await till.kill();
  // People answer while other things go on.
  const answering = answer(node, way, began, stage);
  return {
    note: way,
    lift: atOnce,
    async recovered() {
      return (await till.pid()) !== null && (await settled(node, began)) && (await isOver(answering));
    },
  };
};

function isOver(work: Promise<void>): Promise<boolean> {
  return Promise.race([work.then(() => true), sleep(100).then(() => false)]);
}

/** Never rejects: a person whose command fails tries again, or the service stays away, which is seen. */
async function answer(node: SoakNode, way: string, since: number, stage: Stage): Promise<void> {
  const done = new Set<string>();
  const deadline = Date.now() + ANSWER_MS;
  while (!stage.over.aborted && Date.now() < deadline) {
    const question = await openQuestion(node, since).catch(() => null);
    if (question === null) {
      if (await settled(node, since).catch(() => false)) return;
    } else {
      const first = done.size === 0;
      const again = done.has(question.request);
      done.add(question.request);
      const answers = first ? (WAYS[way] ?? WAYS['given']) : WAYS['given'];
      // The same question is still open: what was said did not arrive.
      await (again ? says(node, 'approve', question, 'ann') : answers?.(node, question, stage))?.catch(
        () => undefined,
      );
    }
    await sleep(1_000);
  }
}

async function tillEvents(node: SoakNode, since: number) {
  const events = await eventsSince(node, ['healing.'], since);
  const mine = new Set(
    events
      .filter(({ type, data }) => type === 'healing.detected' && data['subject'] === 'service:till')
      .map(({ data }) => data['incident']),
  );
  return events.filter(({ data }) => mine.has(data['incident']));
}

async function openQuestion(node: SoakNode, since: number): Promise<Question | null> {
  let open: Question | null = null;
  for (const { type, data } of await tillEvents(node, since)) {
    if (type === 'healing.asked')
      open = { incident: String(data['incident']), request: String(data['request']) };
    else if (type === 'healing.answered' && data['accepted'] === true && data['request'] === open?.request)
      open = null;
    else if (type === 'healing.finished' && data['incident'] === open?.incident) open = null;
  }
  return open;
}

/** There was an incident, and it is over. */
async function settled(node: SoakNode, since: number): Promise<boolean> {
  const events = await tillEvents(node, since);
  const count = (wanted: string) => events.filter(({ type }) => type === wanted).length;
  return count('healing.detected') > 0 && count('healing.finished') === count('healing.detected');
}

async function says(
  node: SoakNode,
  verdict: 'approve' | 'deny',
  { incident }: Question,
  by: string,
): Promise<void> {
  await node.plane.nxs(verdict, incident, '--by', by, '--reason', 'soak');
}

const paused: Fault = async (planned, stage) => {
  const { plane } = nodeOf(planned, stage);
  const { code } = await plane.nxs('heal', 'pause', '--for', '1m', '--by', 'ann', '--reason', 'soak');
  return {
    note: `exit ${String(code)}`,
    async lift() {
      await plane.nxs('heal', 'resume', '--by', 'ann');
    },
    recovered: async () => {
      const { body } = await plane.get('/api/incidents');
      return (body as { readonly paused: unknown }).paused === null;
    },
  };
};

export const SERVICE_FAULTS: Readonly<Record<string, Fault>> = {
  'service-killed': killed,
  'service-hangs': hangs,
  'approval-needed': needsApproval,
  'healing-paused': paused,
};
