// The page over a journal of 30 days: the first look, looks after it, how soon a change is there, and what ten open pages cost.
import { get } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJournal } from '../../adapters/journal/append.js';
import type { NewEvent } from '../../domain/journal.js';
import { cpuMs } from '../measure/process-facts.js';
import { row, type Row } from '../measure/row.js';
import { startControlPlane, temporalProgram } from '../subjects/control-plane.js';
import { freePort } from '../subjects/free-port.js';
import { ourEnvironment } from '../subjects/ours.js';
import type { Scratch } from '../subjects/scratch.js';
import type { SuiteOptions } from './suite.js';

const DAYS = 30;
/** Of each day: an incident of five events and a failover every half hour. */
const A_DAY = 48;
const PAGES = 10;
const DAY = 24 * 3_600_000;
/** ms over which CPU is measured. */
const LOOKING = 30_000;

export async function benchPage(scratch: Scratch, { rounds, say }: SuiteOptions): Promise<readonly Row[]> {
  const [stateDir, configDir] = [scratch.dir('page-state'), scratch.dir('page-config')];
  const http = await freePort();
  const nxs = {
    http: { host: '127.0.0.1', port: http },
    temporal: { mode: 'embedded', port: await freePort(), ui_port: await freePort() },
  };
  await writeFile(path.join(configDir, 'nxs.yaml'), JSON.stringify(nxs));
  const own = ourEnvironment(scratch.env, stateDir, scratch.dir('page-data'));
  const env = { ...own, NXS_CONFIG_DIR: configDir, NXS_TEMPORAL_CLI: await temporalProgram() };
  const events = await writeHistory(stateDir);
  say(`page: a journal of ${String(events)} events is there`);
  const plane = await startControlPlane(env, stateDir);
  try {
    await plane.firstBackup();
    const page = `http://127.0.0.1:${String(http)}/`;
    const first = await timeOf(page);
    const again: number[] = [];
    for (let each = 0; each < rounds * 4; each += 1) again.push(await timeOf(page));
    const pushed = await pushes(page, stateDir, rounds);
    say('page: ten pages are looked at');
    const idle = await cpuOf((await plane.run()).pid, 0, page);
    const ten = await cpuOf((await plane.run()).pid, PAGES, page);
    const note = `${String(events)} events of ${String(DAYS)} days`;
    return [
      row({ what: 'first look after the start', ours: [first], bar: { of: 'ours', most: 150 }, note }),
      row({ what: 'a look', ours: again, bar: { of: 'ours', most: 150 } }),
      row({ what: 'from a journal event to the open page', ours: pushed, bar: { of: 'ours', most: 1_000 } }),
      row({
        what: `CPU of supervisor and front with ${String(PAGES)} open pages`,
        unit: '% of a core',
        ours: [ten],
        bar: { of: 'ours', most: 2 },
        note: `${idle.toFixed(2)} % without a page; needs /proc`,
      }),
    ];
  } finally {
    await plane.stop();
  }
}

async function writeHistory(stateDir: string): Promise<number> {
  const dir = path.join(stateDir, 'journal');
  await mkdir(dir, { recursive: true });
  let count = 0;
  for (let day = DAYS; day >= 1; day -= 1) {
    const start = Date.now() - day * DAY;
    const events = Array.from({ length: A_DAY }, (_, each) => story(start + (each * DAY) / A_DAY)).flat();
    await openJournal({ dir, node: 'bench', clock: () => start }).append(events);
    count += events.length;
  }
  return count;
}

function story(at: number): readonly NewEvent[] {
  const iso = (ms: number) => new Date(at + ms).toISOString();
  const incident = `service-web-${String(at)}`;
  const act = {
    incident,
    request: `${incident}-1`,
    level: 2,
    action: 'restart_services',
    target: 'web',
  } as const;
  const done = { ...act, disruptive: true, detail: '' };
  const event = (ms: number, body: Omit<NewEvent, 'id' | 'at'>): NewEvent =>
    ({ ...body, id: `${String(at)}/${String(ms)}/${body.type}`, at: iso(ms) }) as NewEvent;
  return [
    event(0, {
      type: 'healing.detected',
      data: {
        ...{
          incident,
          subject: 'service:web',
          kind: 'service_down',
          detail: 'refuses connections',
          value: null,
        },
        ...{ since: iso(0), workflow: `nxs/bench/incident/${incident}`, by: null, paths: [] },
      },
    }),
    event(1, {
      type: 'healing.decided',
      data: {
        ...act,
        permission: 'auto',
        plan_hash: 'h',
        commands: ['restart'],
        downtime: '',
        data_loss: '',
        skipped: [],
      },
    }),
    event(2, { type: 'healing.acted', data: { ...done, status: 'started', duration_ms: 0 } }),
    event(2_000, { type: 'healing.acted', data: { ...done, status: 'completed', duration_ms: 1_998 } }),
    event(4_000, {
      type: 'healing.verified',
      data: { incident, request: act.request, healed: true, detail: 'answers', duration_ms: 2_000 },
    }),
    event(4_001, {
      type: 'healing.finished',
      data: {
        ...{
          incident,
          subject: 'service:web',
          kind: 'service_down',
          outcome: 'healed',
          level: 2,
          summary: 'it helped',
        },
        ...{ detect_ms: 0, decide_ms: 1, act_ms: 2_000, verify_ms: 4_000, total_ms: 4_001 },
      },
    }),
    event(5_000, {
      type: 'provider.failover',
      data: { from: 'a', to: 'b', reason: 'refused', duration_ms: 40, lane: 'direct' },
    }),
    event(6_000, {
      type: 'uptime.measured',
      data: { from: iso(0), to: iso(DAY / A_DAY), up_ms: DAY / A_DAY, down_ms: 0, unknown_ms: 0, why: [] },
    }),
  ];
}

async function timeOf(url: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(url);
  if (answer.status !== 200 || !(await answer.text()).includes('</html>')) throw new Error('that is no page');
  return performance.now() - began;
}

/** ms from the moment when an event is in the journal to the frame that shows it. */
async function pushes(page: string, stateDir: string, rounds: number): Promise<readonly number[]> {
  const journal = openJournal({ dir: path.join(stateDir, 'journal'), node: 'bench' });
  const times: number[] = [];
  const stream = await openStream(page);
  try {
    for (let each = 0; each < rounds; each += 1) {
      // Somewhere between two looks of the server.
      await sleep(700 + 97 * each);
      const by = `bench-${String(each)}`;
      const seen = stream.saw(by);
      const began = performance.now();
      await journal.append([{ id: by, type: 'healing.resumed', data: { by } }]);
      await seen;
      times.push(performance.now() - began);
    }
  } finally {
    stream.close();
  }
  return times;
}

interface Stream {
  saw(word: string): Promise<void>;
  close(): void;
}

function openStream(page: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const waiting = new Map<string, () => void>();
    const request = get(`${page}dashboard/events`, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const end = text.lastIndexOf('\n\n');
        if (end < 0) return;
        const whole = text.slice(0, end);
        text = text.slice(end);
        for (const [word, done] of waiting) if (whole.includes(word)) done();
      });
      response.once('data', () =>
        resolve({
          saw: (word) => new Promise<void>((done) => waiting.set(word, done)),
          close: () => request.destroy(),
        }),
      );
    });
    request.on('error', reject);
  });
}

async function cpuOf(pid: number, pages: number, page: string): Promise<number> {
  const streams = await Promise.all(Array.from({ length: pages }, () => openStream(page)));
  await sleep(2_000);
  const [began, first] = [performance.now(), cpuMs(pid)];
  await sleep(LOOKING);
  const [took, last] = [performance.now() - began, cpuMs(pid)];
  for (const stream of streams) stream.close();
  return first === null || last === null ? Number.NaN : ((last - first) * 100) / took;
}
