import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.js';
import { makeScratch, PACKAGE_DIR, type Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

async function load(text: string, tolerant = true) {
  await scratch.write({ 'resilience-dashboard.yaml': text });
  const { dir, home } = scratch;
  return loadConfig({ dir, env: { HOME: home }, homedir: home, packageDir: PACKAGE_DIR, tolerant });
}

const TWO = `dashboard:
  title: Mine
  panels:
    - name: Up
      type: gauge
      query: uptime_percentage_24h
    - name: Odd
      type: gauge
      query: uptime_percentage_25h
    - name: Files
      type: table
      columns: [file, colour]
`;

it('puts a mistake in its panel, with its line, and keeps the others', async () => {
  const { dashboard, warnings } = await load(TWO);
  expect(dashboard.title).toBe('Mine');
  expect(dashboard.panels.map(({ type, name }) => [type, name])).toEqual([
    ['gauge', 'Up'],
    ['error', 'Odd'],
    ['error', 'Files'],
  ]);
  expect(dashboard.panels[1]).toMatchObject({
    problem: expect.stringMatching(/resilience-dashboard\.yaml:9:\d+: .*there is no such query/) as string,
  });
  expect(dashboard.panels[2]).toMatchObject({
    problem: expect.stringMatching(/:12:\d+: .*backup_files has no column "colour"; it has file, /) as string,
  });
  expect(warnings).toHaveLength(2);
});

it('shows a file that is no YAML as one panel, and starts all the same', async () => {
  const { dashboard, files } = await load('dashboard: [\n');
  expect(dashboard.panels).toMatchObject([{ type: 'error', name: 'resilience-dashboard.yaml' }]);
  expect(files['resilience-dashboard'].path).toContain(scratch.dir);
});

it('is an error where somebody asks for errors', async () => {
  await expect(load(TWO, false)).rejects.toThrow('there is no such query');
});
