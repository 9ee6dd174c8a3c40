// Load by wrk where it is on PATH, since a loader written in Node would take the core that is being measured.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Load {
  /** Median latency, ms. */
  readonly p50: number;
  readonly perSecond: number;
  readonly requests: number;
}

export interface Loader {
  /** wrk, or our own. */
  readonly name: string;
  /** POSTs from so many callers for so many ms. Throws when any answer is not 200. */
  run(target: Target, callers: number, ms: number): Promise<Load>;
}

/** wrk, else a small loader of our own. */
export async function findLoader(dir: string): Promise<Loader> {
  // wrk without arguments prints its usage and ends with 1; only a missing program ends otherwise.
  const there = await promisify(execFile)('wrk', ['-v']).then(
    () => true,
    (error: unknown) => (error as { readonly code?: unknown }).code !== 'ENOENT',
  );
  return there
    ? { name: 'wrk', run: (...load) => runWrk(dir, ...load) }
    : { name: 'our own loader', run: runOwn };
}

const REPORT = `function done(summary, latency)
  local e = summary.errors
  io.write(string.format("nxs %f %d %f %d\\n", latency:percentile(50), summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;

async function runWrk(dir: string, target: Target, callers: number, ms: number): Promise<Load> {
  const headers = Object.entries({ 'content-type': 'application/json', ...target.headers });
  const lines = [
    'wrk.method = "POST"',
    `wrk.body = ${JSON.stringify(target.body)}`,
    ...headers.map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`),
    REPORT,
  ];
  const script = path.join(dir, 'wrk.lua');
  await writeFile(script, lines.join('\n'));
  const seconds = Math.max(1, Math.round(ms / 1000));
  const args = ['-t1', `-c${callers}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, target.url];
  const { stdout } = await promisify(execFile)('wrk', args);
  const [, median = '', requests = '', micros = '', errors = ''] =
    /^nxs (\S+) (\d+) (\S+) (\d+)$/m.exec(stdout) ?? [];
  if (Number(requests) === 0 || Number(errors) > 0)
    throw new Error(`${target.url}: ${requests} answers, ${errors} errors`);
  const perSecond = (Number(requests) * 1e6) / Number(micros);
  return { p50: Number(median) / 1000, perSecond, requests: Number(requests) };
}

async function runOwn(target: Target, callers: number, ms: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const began = performance.now();
  const times: number[] = [];
  const caller = async () => {
    while (performance.now() - began < ms) times.push((await post(target, agent)).ms);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  agent.destroy();
  const took = performance.now() - began;
  return { p50: median(times), perSecond: (times.length * 1000) / took, requests: times.length };
}

export interface Posted {
  readonly status: number;
  /** ms to the first byte of the body, and to its end. */
  readonly first: number;
  readonly ms: number;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** One POST; throws when the connection breaks, or when the answer is not 200. */
export function post(target: Target, agent: Agent): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const length = Buffer.byteLength(target.body);
    const headers = { 'content-type': 'application/json', 'content-length': length, ...target.headers };
    const sent = request(target.url, { method: 'POST', agent, headers }, (answer) => {
      let first = 0;
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        if (first === 0) first = performance.now() - began;
        body += part;
      });
      answer.once('error', reject);
      answer.once('end', () => {
        const status = answer.statusCode ?? 0;
        if (status === 200)
          resolve({ status, first, ms: performance.now() - began, body, headers: answer.headers });
        else reject(new Error(`${target.url} answered ${status}: ${body.slice(0, 200)}`));
      });
    });
    sent.once('error', reject);
    sent.end(target.body);
  });
}

/** Of a list that is not empty. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
