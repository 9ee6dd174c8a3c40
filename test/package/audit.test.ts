import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/e2e-cli.js';

const { readAudit } = (await import(join(ROOT, 'scripts/support/audit.mjs'))) as {
  readonly readAudit: (stdout: string) => object;
};
const hole = (severity: string) => ({
  name: 'leftpad',
  severity,
  range: '<1.1.3',
  via: ['other', { title: 'Pads too far', url: 'https://example.org/1' }],
});
const report = (...severities: readonly string[]) =>
  JSON.stringify({
    vulnerabilities: Object.fromEntries(severities.map((each, at) => [String(at), hole(each)])),
    metadata: {},
  });

describe('what npm audit says', () => {
  it('is a finding when something is high or critical', () => {
    expect(readAudit(report('low', 'high', 'critical'))).toEqual({
      kind: 'found',
      lines: [
        'critical: leftpad <1.1.3: Pads too far (https://example.org/1)',
        'high: leftpad <1.1.3: Pads too far (https://example.org/1)',
      ],
    });
  });

  it('is clean below that', () => {
    expect(readAudit(report('moderate', 'low'))).toEqual({ kind: 'clean', note: '2 below high' });
    expect(readAudit(report())).toEqual({ kind: 'clean', note: '0 below high' });
  });

  it.each([
    ['a refusal', '{"message":"405 Method Not Allowed","error":{"summary":""}}', '405 Method Not Allowed'],
    ['an error', '{"error":{"code":"ENETUNREACH","summary":"request failed\\nmore"}}', 'request failed'],
    ['nothing', '', 'it gave no report'],
    ['half of a report', '{"vulnerabilities":{}}', 'it gave no report'],
  ])('is unanswered after %s, and not clean', (_name, stdout, reason) => {
    expect(readAudit(stdout)).toEqual({ kind: 'unanswered', reason });
  });
});
