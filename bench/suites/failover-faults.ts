// What a caller waits for when the first of two providers dies: the one who meets the fault first, and those who come after.
import { Agent } from 'node:http';
import { median, post } from '../measure/http-load.js';
import { row, type Row } from '../measure/row.js';
import { series, type Series } from '../measure/series.js';
import type { LlmPeer } from '../subjects/llm-subject.js';
import { chatTarget } from '../subjects/llm-target.js';
import { startUpstream, type LlmUpstream } from '../subjects/llm-upstream.js';
import type { SuiteOptions } from './suite.js';

/** Until then a provider is known to answer fast. */
const WARM = 30;
/** Callers that meet the fault, then callers who come after, each after the other. */
const MEETING = 5;
const LATER = 20;
/** A caller who has waited for so long has got no answer. */
const PATIENCE_MS = 12_000;

interface Fault {
  readonly name: string;
  /** The most that those who meet it may wait, ms. */
  readonly most: number;
  readonly strike: (primary: LlmUpstream) => Promise<void>;
}

const FAULTS: readonly Fault[] = [
  { name: 'refused', most: 150, strike: (primary) => primary.stop() },
  { name: '500', most: 150, strike: (primary) => primary.mode('500') },
  { name: 'hanging', most: 2200, strike: (primary) => primary.mode('hang') },
];

export async function benchFaults(
  ours: LlmPeer,
  peers: readonly LlmPeer[],
  options: SuiteOptions,
): Promise<readonly Row[]> {
  const into = series();
  const rounds = Math.min(options.rounds, 3);
  for (let round = 1; round <= rounds; round += 1) {
    for (const fault of FAULTS) for (const peer of [ours, ...peers]) await strike(peer, fault, into, options);
    options.say(`faults: round ${round} of ${rounds}`);
  }
  return FAULTS.flatMap((fault) => faultRows(fault, into, ours, peers));
}

async function strike(peer: LlmPeer, fault: Fault, into: Series, options: SuiteOptions): Promise<void> {
  const primary = await startUpstream('model');
  const fallback = await startUpstream('model');
  const subject = await peer.start([`${primary.url}/v1`, `${fallback.url}/v1`]);
  const agent = new Agent({ keepAlive: true });
  const target = chatTarget(subject, false);
  const timed = async () => {
    const limit = AbortSignal.timeout(PATIENCE_MS);
    const given = new Promise<number>((resolve) => {
      limit.addEventListener('abort', () => resolve(Infinity));
    });
    return Promise.race([
      post(target, agent).then(
        ({ ms }) => ms,
        () => Infinity,
      ),
      given,
    ]);
  };
  try {
    for (let count = 0; count < WARM; count += 1) await timed();
    await fault.strike(primary);
    const first = await timed();
    into.add(`${fault.name} first ${peer.name}`, first);
    if (first === Infinity) {
      options.say(`${peer.name}: ${fault.name}: no answer in ${PATIENCE_MS} ms`);
      return;
    }
    const meeting = [first];
    for (let count = 1; count < MEETING; count += 1) meeting.push(await timed());
    into.add(`${fault.name} meeting ${peer.name}`, Math.max(...meeting));
    const hitsBefore = fault.name === 'refused' ? 0 : await primary.posts();
    const later: number[] = [];
    for (let count = 0; count < LATER; count += 1) later.push(await timed());
    into.add(`${fault.name} later ${peer.name}`, median(later));
    into.add(`${fault.name} worst ${peer.name}`, Math.max(...later));
    if (fault.name !== 'refused')
      into.add(`${fault.name} hits ${peer.name}`, (await primary.posts()) - hitsBefore);
  } finally {
    agent.destroy();
    for (const server of [subject.server, primary, fallback]) await server.stop();
  }
}

function faultRows({ name, most }: Fault, into: Series, ours: LlmPeer, peers: readonly LlmPeer[]): Row[] {
  const figure = (what: string, key: string, unit: string, note: string, bar?: number) => {
    const mine = into.of(`${name} ${key} ${ours.name}`).filter(Number.isFinite);
    const limit = bar === undefined ? {} : { bar: { of: 'ours', most: bar } as const };
    const own = row({
      what: `${name}: ${what}`,
      unit,
      ours: mine,
      note: mine.length > 0 ? note : 'no answer',
      ...limit,
    });
    return [
      own,
      ...peers.flatMap((peer) => {
        const theirs = into.of(`${name} ${key} ${peer.name}`).filter(Number.isFinite);
        const about = theirs.length === 0 ? `no answer within ${PATIENCE_MS / 1000} s` : note;
        return [row({ what: `  ${peer.name}`, unit, peer: theirs, note: about })];
      }),
    ];
  };
  const after = `then ${LATER} requests, one after the other`;
  return [
    ...figure('first answer', 'first', 'ms', `after ${WARM} answers that were fast`, most),
    ...figure(`slowest of the first ${MEETING}`, 'meeting', 'ms', 'one after the other', most),
    ...figure('later answers, median', 'later', 'ms', after),
    ...figure('later answers, slowest', 'worst', 'ms', after),
    ...(name === 'refused' ? [] : figure('hits on the dead provider', 'hits', 'hits', after, 0)),
  ];
}
