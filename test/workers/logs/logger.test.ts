// What is written to a log, whoever made the text: no secret, no line but its own, nothing that acts on a terminal.
import fc from 'fast-check';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rememberSecret } from '../../../config/provenance.js';
import { openChildLog, openLogger, safeLine } from '../../../workers/log.js';

const SECRET = 'pl4nted "quoted" s3cret/with+odd=chars';
rememberSecret(SECRET);
rememberSecret('https://hooks.example/services/T0/Pl4ntedPathOfAWebhook');

function place() {
  return { node: 'home', stateDir: mkdtempSync(join(tmpdir(), 'nxs-log-')), nxs: {} };
}

function written(stateDir: string, name = 'worker'): string {
  return readFileSync(join(stateDir, 'logs', `${name}.log`), 'utf8');
}

describe('a log', () => {
  it('has one schema', () => {
    const settings = place();
    openLogger(settings, 'worker').warn({ workflowId: 'nxs/home/sync' }, 'late');
    const { time, ...line } = JSON.parse(written(settings.stateDir)) as Record<string, unknown>;
    expect(new Date(String(time)).toISOString()).toBe(time);
    expect(line).toEqual({
      ...{ level: 'warn', name: 'worker', node: 'home', pid: process.pid },
      ...{ workflowId: 'nxs/home/sync', msg: 'late' },
    });
  });

  it('has what is as grave as the config says, or graver', () => {
    const settings = { ...place(), nxs: { log: { level: 'warn' } } } as const;
    const log = openLogger(settings, 'worker');
    log.info('quiet');
    log.error('loud');
    expect(written(settings.stateDir)).not.toContain('quiet');
    expect(written(settings.stateDir)).toContain('loud');
  });

  it('has no known secret: not in messages, members, nested ones, keys, errors, stacks, nor in other forms', () => {
    const settings = place();
    const log = openLogger(settings, 'worker');
    const error = new Error(`refused ${SECRET}`, { cause: new Error(encodeURIComponent(SECRET)) });
    log.error(error, `it was ${SECRET}`);
    log.error(
      { error, reason: `x${JSON.stringify(SECRET)}y`, deep: [{ [SECRET]: { a: SECRET } }] },
      'nested',
    );
    log.warn({ url: 'the path /services/T0/Pl4ntedPathOfAWebhook is not found' }, 'webhook');
    const text = written(settings.stateDir);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { level: string }).level),
    ).toHaveLength(3);
    for (const form of ['pl4nted', 'Pl4ntedPath']) expect(text).not.toContain(form);
    expect(text).toContain('***');
  });

  it('has no credential that only looks like one', () => {
    const settings = place();
    openLogger(settings, 'worker').warn(
      'git https://me:hunter2hunter2@github.com/a/b failed: Authorization: Bearer abcdefgh12345678, ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    );
    const text = written(settings.stateDir);
    for (const part of ['hunter2', 'abcdefgh']) expect(text).not.toContain(part);
    expect(text).toContain('github.com/a/b failed');
  });

  it('hides what stands under a name of a secret, at any depth', () => {
    const line = JSON.parse(
      safeLine('{"a":{"api_key":"short","x-token":12345,"tokens":7},"password":["p"],"msg":"m"}'),
    ) as unknown;
    expect(line).toEqual({ a: { api_key: '***', 'x-token': '***', tokens: 7 }, password: '***', msg: 'm' });
  });

  it('cannot be made to have a line that nobody logged, nor to act on a terminal', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('a', '\n', '\r', '\u001b', '\u009b', '\u2028', '\u202e', '"', '}', '{'),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const line = safeLine(`${JSON.stringify({ level: 'info', msg: text })}\n`);
        expect(line.trimEnd().split(/[\n\r\u2028]/)).toHaveLength(1);
        // eslint-disable-next-line no-control-regex -- they are what it is about
        expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(JSON.parse(line)).toEqual({ level: 'info', msg: text });
      }),
    );
  });

  it('of a child is cleaned line by line, also when a secret comes in two pieces', () => {
    const settings = place();
    const log = openChildLog(settings.stateDir, 'temporal');
    log.write(Buffer.from(`level=WARN msg=${SECRET.slice(0, 9)}`));
    log.write(Buffer.from(`${SECRET.slice(9)} \u001b[31mred\nhalf a line`));
    log.close();
    expect(written(settings.stateDir, 'temporal')).toBe('level=WARN msg=*** [31mred\nhalf a line\n');
  });
});
