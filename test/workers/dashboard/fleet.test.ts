import { expect, it } from 'vitest';
import type { Config } from '../../../config/types.js';
import { fleetRows, openTemporalParts } from '../../../workers/dashboard/temporal-parts.js';
import { at, NOW } from './page.js';

const MORE = { host: null, version: null, details: null };
const link = (workflow: string): string => `ui/${workflow}`;

it('lists each node once, its own first, and knows who is silent', () => {
  const hub = [
    { node: 'edge', last_seen: at(-200) },
    { node: 'cloud', last_seen: at(-5) },
  ];
  const cluster = [
    { node: 'home', last_seen: at(0), ...MORE },
    { node: 'cloud', last_seen: at(-0.5), ...MORE, host: 'box', version: '0.1.0' },
    { node: 'old', last_seen: at(-30), ...MORE },
  ];
  expect(fleetRows('home', hub, cluster, link, NOW)).toMatchObject([
    { node: 'home', own: true, light: 'good', link: 'ui/nxs/home/healing' },
    {
      node: 'cloud',
      own: false,
      light: 'good',
      seen_by: ['temporal', 'hub'],
      last_seen: at(-0.5),
      detail: 'its monitor looks (0.1.0 on box)',
    },
    { node: 'old', light: 'bad', detail: 'its monitor is silent' },
    { node: 'edge', light: 'unknown', seen_by: ['hub'], last_seen: at(-200), link: null },
  ]);
});

it('says that Temporal is not there, and leaves the rest of the page alone', async () => {
  const config = {
    ...{ node: 'home', stateDir: '/nowhere/at/all' },
    nxs: { temporal: { mode: 'embedded', port: 1, ui_port: 2 } },
  } as Config;
  const parts = openTemporalParts(config);
  expect(await parts.schedules(link)).toEqual({ failed: 'Temporal is not reachable at the moment.' });
  expect(await parts.nodes()).toEqual([]);
  expect(parts.answered()).toBe(0);
  await parts.close();
});
