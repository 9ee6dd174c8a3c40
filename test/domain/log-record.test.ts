import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAtLeast, LOG_LEVELS, parseLogLine } from '../../domain/log-record.js';

describe('a line of a log', () => {
  it('of our own is read with its members', () => {
    const line =
      '{"level":"warn","time":"2026-11-29T09:00:00.123Z","name":"worker","node":"home","pid":7,"workflowId":"nxs/home/sync","msg":"late"}';
    expect(parseLogLine(line, 'x')).toEqual({
      time: '2026-11-29T09:00:00.123Z',
      level: 'warn',
      from: 'worker',
      msg: 'late',
      fields: { node: 'home', pid: 7, workflowId: 'nxs/home/sync' },
    });
  });

  it('of an older version of ours names its level by number', () => {
    expect(parseLogLine('{"level":50,"time":"2026-11-29T09:00:00.123Z","msg":"x"}', 'worker').level).toBe(
      'error',
    );
  });

  it("of Temporal's server is read as logfmt, its time as UTC", () => {
    const line =
      'time=2026-11-29T09:05:43.8 level=WARN msg="Failed to poll for \\"task\\"." service=worker Error="a: b = c"';
    expect(parseLogLine(line, 'temporal')).toEqual({
      time: '2026-11-29T09:05:43.800Z',
      level: 'warn',
      from: 'temporal',
      msg: 'Failed to poll for "task".',
      fields: { service: 'worker', Error: 'a: b = c' },
    });
  });

  it('with another zone is put into UTC, so that lines can be compared', () => {
    const { time } = parseLogLine('time=2026-11-29T10:05:43.123456789+01:00 level=INFO msg=x', 'temporal');
    expect(time).toBe('2026-11-29T09:05:43.123Z');
  });

  it.each([
    '    at Object.<anonymous> (file.js:1:1)',
    'Temporal Server: localhost:7233',
    '{"half":',
    '[]',
    '{"a":1}',
  ])('that is none of these is shown as it is: %s', (line) => {
    expect(parseLogLine(line, 'worker')).toEqual({
      time: null,
      level: 'info',
      from: 'worker',
      msg: line,
      fields: {},
    });
  });

  it('never throws, whatever it is, and its time is none or one that sorts by letters', () => {
    const odd = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string().map((text) => `time=${text} level=${text} msg="${text}`),
      fc
        .record({ time: fc.jsonValue(), level: fc.jsonValue(), msg: fc.jsonValue() })
        .map((each) => JSON.stringify(each)),
    );
    fc.assert(
      fc.property(odd, (line) => {
        const { time, level } = parseLogLine(line, 'x');
        expect(LOG_LEVELS).toContain(level);
        if (time !== null) expect(new Date(time).toISOString()).toBe(time);
      }),
    );
  });

  it('is at least as grave as every level below its own', () => {
    expect(LOG_LEVELS.filter((least) => isAtLeast('warn', least))).toEqual([
      'trace',
      'debug',
      'info',
      'warn',
    ]);
  });
});
