import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openRotatingLog } from '../../../adapters/files/rotating-log.js';
import { openLogs, type LogQuery } from '../../../workers/logs.js';

const ALL: LogQuery = { from: null, level: 'trace', since: null, grep: null, last: 1000 };

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'nxs-logs-'));
  mkdirSync(join(stateDir, 'logs'));
  return () => rmSync(stateDir, { recursive: true });
});

function file(name: string): string {
  return join(stateDir, 'logs', `${name}.log`);
}

function line(second: number, msg: string, level = 'info'): string {
  return `${JSON.stringify({ level, time: `2026-11-29T09:00:${String(second).padStart(2, '0')}.000Z`, name: 'worker', msg })}\n`;
}

async function messages(query: Partial<LogQuery> = {}): Promise<readonly string[]> {
  const logs = await openLogs(stateDir, { ...ALL, ...query });
  const records = await logs.next();
  await logs.close();
  return records.map(({ msg }) => msg);
}

describe('the logs of a node', () => {
  it('are one, by time, whoever wrote them', async () => {
    appendFileSync(file('worker'), line(1, 'one') + line(3, 'three'));
    appendFileSync(file('temporal'), 'time=2026-11-29T09:00:02.000 level=WARN msg=two\n');
    appendFileSync(file('supervisor'), line(2, 'two too'));
    expect(await messages()).toEqual(['one', 'two too', 'two', 'three']);
  });

  it('can be asked for by process, level, time, text and number', async () => {
    appendFileSync(file('worker'), line(1, 'one') + line(2, 'TWO', 'error') + line(3, 'three', 'warn'));
    appendFileSync(file('gateway'), line(4, 'four', 'fatal'));
    expect(await messages({ from: ['gateway'] })).toEqual(['four']);
    expect(await messages({ level: 'error' })).toEqual(['TWO', 'four']);
    expect(await messages({ since: Date.parse('2026-11-29T09:00:03Z') })).toEqual(['three', 'four']);
    expect(await messages({ grep: 'two' })).toEqual(['TWO']);
    expect(await messages({ last: 2 })).toEqual(['three', 'four']);
  });

  it('keep a stack with the line above it', async () => {
    appendFileSync(file('worker'), `${line(1, 'bad', 'error')}    at f (x.js:1:1)\n${line(2, 'fine')}`);
    appendFileSync(file('gateway'), line(1, 'beside'));
    expect(await messages({ level: 'error' })).toEqual(['bad', '    at f (x.js:1:1)']);
  });

  it('are read through the rotated files', async () => {
    const log = openRotatingLog(file('worker'), { size: 300 });
    for (let second = 0; second < 9; second += 1) log.write(line(second, `line ${second}`));
    log.close();
    expect(readFileSync(`${file('worker')}.2`, 'utf8')).toContain('line 0');
    expect(await messages()).toEqual(Array.from({ length: 9 }, (_, second) => `line ${second}`));
  });

  it('are followed without a gap or a repetition while they rotate', async () => {
    const log = openRotatingLog(file('worker'), { size: 1000, keep: 2 });
    const logs = await openLogs(stateDir, ALL);
    const seen: string[] = [];
    for (let round = 0; round < 40; round += 1) {
      log.write(line(round % 60, `line ${round}`));
      if (round % 5 === 0) seen.push(...(await logs.next()).map(({ msg }) => msg));
    }
    seen.push(...(await logs.next()).map(({ msg }) => msg));
    await logs.close();
    log.close();
    expect(seen).toEqual(Array.from({ length: 40 }, (_, round) => `line ${round}`));
  });

  it('that begin while they are followed are heard', async () => {
    const logs = await openLogs(stateDir, ALL);
    expect(await logs.next()).toEqual([]);
    appendFileSync(file('worker'), line(1, 'first').slice(0, 20));
    expect(await logs.next()).toEqual([]);
    appendFileSync(file('worker'), line(1, 'first').slice(20));
    expect((await logs.next()).map(({ msg }) => msg)).toEqual(['first']);
    await logs.close();
  });

  it('are none where nothing ever ran', async () => {
    rmSync(join(stateDir, 'logs'), { recursive: true });
    const logs = await openLogs(stateDir, ALL);
    expect({ names: logs.names, records: await logs.next() }).toEqual({ names: [], records: [] });
  });
});
