// A report as Markdown, for a repository.
import type { Trend } from '../checks/trend.js';
import type { SoakReport, Spread } from './model.js';

export function markdownOf(report: SoakReport): string {
  const { machine } = report;
  const lines = [
    '# NXS soak',
    '',
    `**${lastLine(report)}**`,
    '',
    `- command: \`${commandOf(report)}\``,
    `- started: ${report.started}`,
    `- duration: ${minutes(report.duration_ms)} (${String(report.minutes)} min of faults, then the calm)`,
    `- machine: ${machine.cpu}, ${String(machine.cores)} cores, ${(machine.memory_bytes / 2 ** 30).toFixed(1)} GiB, ${machine.system}`,
    `- versions: nxs ${machine.nxs}, Node ${machine.node}, Temporal ${machine.temporal}`,
    '',
    '## What had to hold',
    '',
    ...table(
      ['invariant', 'promise', 'checks', 'violations'],
      report.invariants.map(({ id, promise, checks, violations }) => [
        id,
        promise,
        String(checks),
        String(violations),
      ]),
    ),
    '',
    ...(report.violations.length === 0 ? [] : ['## Violations', '', ...report.violations.flatMap(violation)]),
    '## Faults',
    '',
    'Recovery: from the moment at which the fault is taken away (a dead supervisor is started, say) until what it hit was seen to be well, from',
    'outside. An approval has people in it who sleep, a hub that was set back one who looks first.',
    '',
    ...table(
      ['fault', 'planned', 'carried out', 'recovery p50', 'p95', 'max'],
      report.faults.map((each) => [
        each.kind,
        String(each.planned),
        String(each.carried_out),
        ...spread(each.recovery),
      ]),
    ),
    '',
    '## Processes',
    '',
    'Trends begin after 4 minutes of warming up; only processes that lived long enough after that are judged (growth of the supervisor',
    'below 30 MB, of the worker below 60 MB, 8 open files, 4 threads).',
    '',
    ...table(
      ['process', 'age', 'memory first → last (max), MB', 'MB an hour', 'open files', 'threads', 'judged'],
      report.resources
        .filter(({ rss }) => rss !== null)
        .map(({ node, role, age, rss, handles, threads, judged }) => [
          `${role} of ${node}`,
          minutes(age),
          span(rss),
          rss === null ? '–' : rss.slope.toFixed(0),
          span(handles),
          span(threads),
          judged ? 'yes' : 'too young',
        ]),
    ),
    '',
    '## Workflows',
    '',
    ...table(
      ['type', 'runs', 'how they ended', 'longest history', 'largest'],
      report.histories.map(({ type, runs, statuses, events, bytes }) => [
        type,
        String(runs),
        Object.entries(statuses)
          .map(([status, count]) => `${String(count)} ${status.toLowerCase().replaceAll('_', ' ')}`)
          .join(', '),
        `${String(events)} events`,
        kilobytes(bytes),
      ]),
    ),
    '',
    '## State directories',
    '',
    ...table(
      ['part', ...Object.keys(report.state)],
      partsOf(report).map((part) => [
        part,
        ...Object.values(report.state).map((sizes) => kilobytes(sizes[part] ?? 0)),
      ]),
    ),
    '',
    '## Load',
    '',
    ...Object.entries(report.load).map(([name, value]) => `- ${name}: ${String(value)}`),
    '',
    '## The plan',
    '',
    ...table(
      ['at', 'fault', 'target', 'lasts'],
      report.plan.map(({ at, kind, target, lasts }) => [
        `${(at / 1000).toFixed(0)} s`,
        kind,
        target,
        lasts === 0 ? 'at once' : `${(lasts / 1000).toFixed(0)} s`,
      ]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** `PASS: 30 min, 212 faults, 4,120 checks, 0 violations`. */
export function lastLine({ verdict, minutes: length, faults, invariants, violations }: SoakReport): string {
  const done = faults.reduce((sum, each) => sum + each.carried_out, 0);
  const checks = invariants.reduce((sum, each) => sum + each.checks, 0);
  const cut = verdict === 'INCONCLUSIVE' ? ' (cut short)' : '';
  return `${verdict}: ${String(length)} min${cut}, ${String(done)} faults, ${String(checks)} checks, ${String(violations.length)} violations`;
}

function commandOf({ minutes: length, seed, only }: SoakReport): string {
  const choice = only.length === 0 ? '' : ` --only ${only.join(',')}`;
  return `npm run soak -- --minutes ${String(length)} --seed ${String(seed)}${choice}`;
}

function violation(each: SoakReport['violations'][number]): readonly string[] {
  return [
    `### ${text(each.what)}`,
    '',
    `- invariant: ${each.invariant}`,
    `- when: ${minutes(each.offset_ms)} after the start of the faults`,
    `- evidence: ${text(each.evidence)}`,
    `- faults in force: ${text(each.faults.join(', ') || 'none')}`,
    '',
  ];
}

function partsOf({ state }: SoakReport): readonly string[] {
  return [...new Set(Object.values(state).flatMap((sizes) => Object.keys(sizes)))].sort();
}

function spread(times: Spread | null): readonly string[] {
  if (times === null) return ['–', '–', '–'];
  return [times.p50, times.p95, times.max].map((ms) => `${(ms / 1000).toFixed(1)} s`);
}

function span(trend: Trend | null): string {
  if (trend === null) return '–';
  return `${trend.first.toFixed(0)} → ${trend.last.toFixed(0)} (${trend.max.toFixed(0)})`;
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`;
}

function kilobytes(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)];
}

/** Plain text: one line, nothing of it is markup. */
function text(value: string): string {
  return value.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>|#]/g, (char) => {
    if (char === '<') return '&lt;';
    return char === '>' ? '&gt;' : `\\${char}`;
  });
}
