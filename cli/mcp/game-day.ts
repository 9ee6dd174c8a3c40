// `nxs drill` as a child: it takes minutes, and its output must not meet the protocol's on stdout.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DrillReport } from '../../drill/report/model.js';
import { exitOf } from '../../drill/report/verdict.js';
import { errnoOf, NxsError } from '../../domain/errors.js';
import type { Context } from '../definition.js';
import type { Answer } from './tool.js';

export interface GameDay {
  /** Starts one. Throws NxsError USAGE while one runs. */
  begin(context: Context, only: string | null): Promise<Answer['result']>;
  report(context: Context): Promise<Answer>;
  /** Ends one that runs; it cleans up after itself. */
  close(): void;
}

const PROGRAM = fileURLToPath(new URL('../main.js', import.meta.url));

export function openGameDay(): GameDay {
  let running: { readonly child: ChildProcess; readonly since: string } | null = null;
  let failure: string | null = null;
  return {
    async begin(context, only) {
      if (running !== null)
        throw new NxsError('USAGE', `A drill runs since ${running.since}; see drill_report.`);
      const file = await reportFile(context);
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const narrowed = only === null ? [] : ['--only', only];
      const child = spawn(process.execPath, [PROGRAM, 'drill', '--report', file, ...narrowed], {
        env: context.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const since = new Date().toISOString();
      running = { child, since };
      failure = null;
      let last = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-500)));
      child.once('error', (error) => {
        failure = error.message;
        running = null;
      });
      child.once('close', (code) => {
        // 1 and 4 are verdicts, with a report.
        if (code !== 0 && code !== 1 && code !== 4) failure = last.trim() || `it ended with ${String(code)}`;
        running = null;
      });
      return { started: true, since, only };
    },
    async report(context) {
      if (running !== null) return { exit: 4, result: { state: 'running', since: running.since } };
      if (failure !== null) return { exit: 4, result: { state: 'failed', reason: failure } };
      const report = await readReport(await reportFile(context));
      if (report === null)
        return { exit: 4, result: { state: 'none', hint: 'ask for one with request_drill' } };
      return { exit: exitOf(report), result: { state: 'done', ...shortened(report) } };
    },
    close() {
      running?.child.kill('SIGINT');
    },
  };
}

async function reportFile(context: Context): Promise<string> {
  const { loadFor } = await import('../setup.js');
  return path.join((await loadFor(context)).stateDir, 'agent-drill.json');
}

async function readReport(file: string): Promise<DrillReport | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DrillReport;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Verdicts and numbers; the proofs are for people (`nxs drill --report`). */
function shortened({ verdict, seed, started, duration_ms, scenarios, kpis, notes }: DrillReport) {
  return {
    ...{ verdict, seed, started, duration_ms, notes },
    scenarios: scenarios.map(({ group, name, verdict: judged, detail }) => ({
      name: `${group}/${name}`,
      verdict: judged,
      ...(judged === 'PASS' ? {} : { detail }),
    })),
    kpis: kpis.map(({ id, value, target, n, verdict: judged }) => ({
      id,
      value,
      target,
      n,
      verdict: judged,
    })),
  };
}
