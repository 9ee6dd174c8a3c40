// All problems of all files in one report, and the error that carries it.
import { NxsError } from '../../domain/errors.js';
import { redactText } from '../secret-text.js';
import type { Problem } from '../types.js';
import type { Finding } from './finding.js';
import { maskedLine } from './mask.js';

/** More than this helps nobody; the count is said. */
const MOST = 100;

/** CONFIG_INVALID with the whole report as its message and `details.problems`. `secrets` are scrubbed once more. */
export function configError(findings: readonly Finding[], secrets: readonly string[]): NxsError {
  const placed = distinct(findings.map((finding) => place(finding)));
  const shown = placed.slice(0, MOST);
  const count = placed.length === 1 ? 'one problem' : `${placed.length} problems`;
  const more = placed.length > MOST ? [`… and ${placed.length - MOST} more`] : [];
  const report = [`The configuration has ${count}:`, ...shown.map((each) => block(each)), ...more].join(
    '\n\n',
  );
  const problems = shown.map(({ problem }) => ({
    ...problem,
    path: redactText(problem.path, secrets),
    message: redactText(problem.message, secrets),
  }));
  return new NxsError('CONFIG_INVALID', redactText(report, secrets), { problems });
}

/** One problem as one line: `FILE:LINE:COLUMN: PATH: MESSAGE`. */
export function oneLine(finding: Finding, secrets: readonly string[]): string {
  const { file, line, column, path, message } = place(finding).problem;
  const where = line === 0 ? file : `${file}:${String(line)}:${String(column)}`;
  return redactText(`${where}: ${path === '' ? message : `${path}: ${message}`}`, secrets);
}

interface Placed {
  readonly problem: Problem;
  readonly finding: Finding;
}

function place(finding: Finding): Placed {
  const { source, offset, file, path, message } = finding;
  const at = source === null || offset === null ? null : source.lines.linePos(offset);
  const problem = { file, line: at?.line ?? 0, column: at?.col ?? 0, path, message };
  return { problem, finding };
}

/** One problem a place: the first says what to mend, later ones are often its echo. Sorted as a reader reads. */
function distinct(placed: readonly Placed[]): readonly Placed[] {
  const seen = new Set<string>();
  const kept = placed.filter(({ problem }) => {
    const key = JSON.stringify([problem.file, problem.line, problem.column, problem.path]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const order = new Map(
    [...new Set(kept.map(({ problem }) => problem.file))].map((file, index) => [file, index]),
  );
  return kept.sort(
    (a, b) =>
      (order.get(a.problem.file) ?? 0) - (order.get(b.problem.file) ?? 0) ||
      a.problem.line - b.problem.line ||
      a.problem.column - b.problem.column,
  );
}

function block({ problem, finding }: Placed): string {
  const { file, line, column, path, message } = problem;
  const what = path === '' ? message : `${path}: ${message}`;
  if (finding.source === null || finding.offset === null) return `${file}: ${what}`;
  const shown = maskedLine(finding.source, finding.offset);
  const number = String(line);
  const margin = ' '.repeat(number.length);
  return [
    `${file}:${line}:${column}: ${what}`,
    `  ${number} | ${shown.text}`,
    `  ${margin} | ${' '.repeat(shown.caret)}^`,
  ].join('\n');
}
