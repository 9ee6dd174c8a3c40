// What `npm audit --json` said, told apart: findings, none, or no answer at all. A network that reaches only the packages must not
// look like a finding, and never like "none" either.

/**
 * @typedef {{ kind: 'unanswered', reason: string } | { kind: 'clean', note: string } | { kind: 'found', lines: string[] }} Audit
 */

const BAD = new Set(['high', 'critical']);

/** @param {string} stdout of `npm audit --omit=dev --json` @returns {Audit} */
export function readAudit(stdout) {
  const report = parse(stdout);
  if (report?.vulnerabilities === undefined || report.metadata === undefined)
    return { kind: 'unanswered', reason: reasonOf(report) };
  const all = Object.values(report.vulnerabilities);
  const bad = all.filter(({ severity }) => BAD.has(severity));
  if (bad.length > 0) return { kind: 'found', lines: bad.map(lineOf).sort() };
  return { kind: 'clean', note: `${all.length} below high` };
}

function lineOf({ name, severity, range, via }) {
  const titles = via.flatMap((each) => (typeof each === 'string' ? [] : [`${each.title} (${each.url})`]));
  return `${severity}: ${name} ${range}${titles.length === 0 ? '' : `: ${titles.join('; ')}`}`;
}

function reasonOf(report) {
  const text = report?.message ?? report?.error?.summary ?? 'it gave no report';
  return String(text).split('\n')[0].slice(0, 200);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
