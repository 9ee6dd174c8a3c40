// The price while all is well. What is added is what is measured less what the upstream itself takes in the same round.
import { Agent } from 'node:http';
import { median, post, type Loader } from '../measure/http-load.js';
import { cpuMs, memoryMb } from '../measure/process-facts.js';
import { row, type Row } from '../measure/row.js';
import { series, type Series } from '../measure/series.js';
import type { LlmPeer, LlmSubject } from '../subjects/llm-subject.js';
import { chatTarget } from '../subjects/llm-target.js';
import { startUpstream } from '../subjects/llm-upstream.js';
import type { SuiteOptions } from './suite.js';

export interface SpeedSubjects {
  readonly ours: LlmPeer;
  readonly bare: LlmPeer;
  readonly peers: readonly LlmPeer[];
  readonly loader: Loader;
}

const ALONE_MS = 2000;
const CROWD = 16;
const CROWD_MS = 3000;
const WARM_MS = 2000;
const STREAMS = 200;

export async function benchSpeed(subjects: SpeedSubjects, options: SuiteOptions): Promise<readonly Row[]> {
  const { ours, bare, peers, loader } = subjects;
  const into = series();
  const upstream = await startUpstream('model');
  const direct = { name: 'direct', headers: {}, model: 'model', server: upstream };
  const started: LlmSubject[] = [];
  try {
    for (const peer of [bare, ours, ...peers]) {
      const subject = await peer.start([`${upstream.url}/v1`]);
      started.push(subject);
      into.add(`start ${peer.name}`, subject.server.startMs);
    }
    const all = [direct, ...started];
    for (const each of all) {
      await loader.run(chatTarget(each, false), 4, WARM_MS);
      await firstByte(each);
    }
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const each of all) await measure(each, loader, into);
      options.say(`speed: round ${round} of ${options.rounds}`);
    }
    for (const { name, server } of started) into.add(`rss ${name}`, memoryMb(server.pid)?.peak ?? Number.NaN);
  } finally {
    for (const { server } of [...started, direct]) await server.stop();
  }
  return speedRows(into, subjects);
}

async function measure(subject: LlmSubject, loader: Loader, into: Series): Promise<void> {
  const { name, server } = subject;
  const target = chatTarget(subject, false);
  into.add(`p50 ${name}`, (await loader.run(target, 1, ALONE_MS)).p50);
  const before = cpuMs(server.pid) ?? Number.NaN;
  const { perSecond, requests } = await loader.run(target, CROWD, CROWD_MS);
  into.add(`cpu ${name}`, ((cpuMs(server.pid) ?? Number.NaN) - before) / requests);
  into.add(`each ${name}`, 1000 / perSecond);
  into.add(`first ${name}`, await firstByte(subject));
}

/** Median ms to the first streamed byte, one caller, a connection that is kept. */
async function firstByte(subject: LlmSubject): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let count = 0; count < STREAMS; count += 1) {
    const { first, body } = await post(chatTarget(subject, true), agent);
    if (!body.includes('[DONE]')) throw new Error(`${subject.name} did not stream: ${body.slice(0, 200)}`);
    times.push(first);
  }
  agent.destroy();
  return median(times);
}

function speedRows(into: Series, { ours, bare, peers, loader }: SpeedSubjects): Row[] {
  const added = (figure: string, name: string) =>
    into
      .of(`${figure} ${name}`)
      .map((value, round) => value - (into.of(`${figure} direct`)[round] ?? Number.NaN));
  const pair = (
    what: string,
    of: (name: string) => readonly number[],
    unit: string,
    note: string,
    most?: number,
  ) =>
    [bare, ...peers].map((peer) =>
      row({
        what: `${what}, beside ${peer.name}`,
        unit,
        ours: of(ours.name),
        peer: of(peer.name),
        note,
        ...(most === undefined || peer !== bare ? {} : { bar: { of: 'ratio', most } as const }),
      }),
    );
  const share = (name: string) => {
    const [whole, own] = [median(into.of('each direct')), median(into.of(`each ${name}`))];
    return `${name} ${(1000 / own).toFixed(0)} (${((whole / own) * 100).toFixed(0)} %)`;
  };
  const rates = [ours, bare, ...peers].map(({ name }) => share(name)).join(', ');
  const direct = (1000 / median(into.of('each direct'))).toFixed(0);
  const crowd = `requests per second at c=${CROWD}: direct ${direct}, ${rates}`;
  return [
    ...pair('added p50, c=1', (name) => added('p50', name), 'ms each', `load by ${loader.name}`, 1.5),
    ...pair(`time per answer, c=${CROWD}`, (name) => into.of(`each ${name}`), 'ms each', crowd, 1.43).map(
      (each) =>
        each.what.endsWith('Portkey') ? { ...each, bar: { of: 'ratio', most: 0.25 } as const } : each,
    ),
    ...pair('CPU per request', (name) => into.of(`cpu ${name}`), 'ms each', `of its process, c=${CROWD}`, 2),
    ...pair(
      'first streamed byte, added p50',
      (name) => added('first', name),
      'ms each',
      'a caller in Node',
      1.5,
    ),
    ...pair(
      'start to the first answer',
      (name) => into.of(`start ${name}`),
      'ms',
      'once; exec to an HTTP answer',
    ),
    ...pair('most resident memory', (name) => into.of(`rss ${name}`), 'MB', 'after all rounds'),
  ];
}
