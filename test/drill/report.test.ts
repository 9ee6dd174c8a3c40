import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { reportFiles, writeReports } from '../../drill/report/files.js';
import { htmlOf } from '../../drill/report/html.js';
import { markdownOf } from '../../drill/report/markdown.js';
import { scenarioLine, textOf } from '../../drill/report/text.js';
import { drillReport, kpi, scenarioReport } from './support.js';

const NASTY = '<img src=x onerror="alert(1)"> | **bold** `code` \'quoted\' & [a](javascript:x)\nnext # line';
const nasty = drillReport({
  scenarios: [scenarioReport({ detail: NASTY, proof: NASTY, hypothesis: NASTY, name: NASTY })],
  kpis: [kpi({ name: NASTY, definition: NASTY })],
  notes: [NASTY],
});
const plain = (_colour: string, text: string) => text;

describe('the HTML report', () => {
  it('shows every scenario with its hypothesis, proof and times, and every KPI', () => {
    const html = htmlOf(drillReport());
    for (const text of [
      'PASS: 1 scenario, 0 KPIs missed, 168 s',
      'provider-refused',
      'When the first one is gone, the next one answers.',
      'connection refused, asked by us',
      '0.02 s',
      '12.3 s',
      'Failover time',
      '&#60; 5 s',
      'n = 3',
      'A CPU, 2 cores, 8.0 GiB',
    ])
      expect(html).toContain(text);
  });

  it('takes nothing of a text for markup', () => {
    const html = htmlOf(nasty);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('onerror="');
    expect(html).toContain('&#60;img src=x onerror=&#34;alert(1)&#34;&#62;');
    const tags = (text: string) => [...text.matchAll(/<[a-z/!][^>]*>/g)].map(([tag]) => tag);
    expect(tags(html)).toEqual(tags(htmlOf(drillReport({ notes: ['one'] }))));
  });

  it('is one page that needs no script and nothing from elsewhere', () => {
    const html = htmlOf(drillReport());
    expect(html).not.toMatch(/<script|<link|src=|url\(|https?:/);
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('opens what did not pass', () => {
    expect(htmlOf(drillReport())).not.toContain('<details open>');
    expect(htmlOf(drillReport({ scenarios: [scenarioReport({ verdict: 'FAIL' })] }))).toContain(
      '<details open>',
    );
  });
});

describe('the Markdown report', () => {
  it('keeps a text in its cell and takes nothing of it for markup', () => {
    const rows = markdownOf(nasty).split('\n');
    const cells = rows.find((line) => line.startsWith('| failover |'));
    expect(cells?.split(/(?<!\\)\|/)).toHaveLength(10);
    expect(markdownOf(nasty)).not.toContain('<img');
    expect(markdownOf(nasty)).not.toContain('**bold**');
  });

  it('has a row for each scenario and each KPI', () => {
    const text = markdownOf(drillReport());
    expect(text).toContain(
      '| failover | provider-refused | PASS | 0.02 s | – | 0.09 s | 12.3 s | 8 calls answered |',
    );
    expect(text).toContain('| Failover time | &lt; 5 s | 0.42 s | n = 3 | met |');
  });
});

describe('the report on a terminal', () => {
  it('ends with the last line and has target, value, n and verdict of each KPI', () => {
    const lines = textOf(drillReport(), plain);
    expect(lines.at(-1)).toBe('PASS: 1 scenario, 0 KPIs missed, 168 s');
    expect(lines.find((line) => line.startsWith('Failover time'))).toMatch(/< 5 s +0\.42 s +n = 3 +met$/);
  });

  it('says why a scenario did not pass, and that a reading was injected', () => {
    const failed = scenarioReport({ verdict: 'FAIL', detail: 'a call failed', injected: true });
    const text = textOf(drillReport({ scenarios: [failed] }), plain).join('\n');
    expect(text).toContain('a call failed');
    expect(text).toContain('injected reading: connection refused');
  });

  it('leaves the times out where nothing is broken on purpose', () => {
    expect(scenarioLine(scenarioReport({ delays: null }), 30, plain)).toMatch(/PASS +– +– +– +–$/);
  });
});

describe('report files', () => {
  let dir = '';
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('takes its form from the ending, several at once', async () => {
    dir = await mkdtemp(join(tmpdir(), 'nxs-report-'));
    const files = await reportFiles(['a.json', 'b.md', 'c.html'].map((name) => join(dir, name)).join(','));
    await writeReports(drillReport(), files);
    expect(JSON.parse(await readFile(join(dir, 'a.json'), 'utf8'))).toEqual(drillReport());
    expect(await readFile(join(dir, 'b.md'), 'utf8')).toBe(markdownOf(drillReport()));
    expect(await readFile(join(dir, 'c.html'), 'utf8')).toBe(htmlOf(drillReport()));
  });

  it('refuses an unknown ending and a place that cannot be written, before anything runs', async () => {
    dir = await mkdtemp(join(tmpdir(), 'nxs-report-'));
    await expect(reportFiles(join(dir, 'a.pdf'))).rejects.toThrow(/\.json, \.md, \.html/);
    await expect(reportFiles(join(dir, 'none', 'a.md'))).rejects.toThrow(/cannot be written/);
    await expect(reportFiles(undefined)).resolves.toEqual([]);
  });
});
