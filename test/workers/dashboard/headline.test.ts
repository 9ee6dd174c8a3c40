import { expect, it } from 'vitest';
import { headlineOf } from '../../../workers/dashboard/headline.js';
import { at, healing, incident, NOW, page, PROVIDER } from './page.js';

const asking = incident({
  state: 'asking',
  asked: { request: 'i-2', expires: at(9), quorum: 1 },
  plan: {
    ...{ request: 'i-2', level: 5, action: 'full_restart', target: 'node', permission: 'approve' },
    ...{ plan_hash: 'h', commands: [], downtime: '', data_loss: '' },
  },
});

it('says that all is well only when it is', () => {
  expect(headlineOf(page(), NOW)).toEqual({ light: 'good', text: 'Healthy', until: null, anchor: null });
});

it('puts the person before everything, with the time that is left', () => {
  const others = { backups: { failed: 'gone' }, providers: { failed: 'gone' } };
  expect(headlineOf(page({ ...others, healing: healing([incident(), asking]) }), NOW)).toEqual({
    ...{ light: 'bad', text: 'Needs you: full restart of node', until: at(9), anchor: '#incidents' },
  });
  const stuck = incident({ id: 'j', state: 'stuck', note: 'no level is left' });
  expect(headlineOf(page({ healing: healing([stuck]) }), NOW).text).toBe('Needs you: no level is left');
  expect(headlineOf(page({ healing: healing([stuck, asking]) }), NOW).text).toBe(
    'Needs you: full restart of node, and 1 more',
  );
});

it('knows that nobody looks', () => {
  const blind = { ...healing([]), monitor: { state: 'blind' as const, at: at(-3), unseen: [] } };
  expect(headlineOf(page({ healing: blind }), NOW).text).toContain('Monitor blind for 3 min');
});

it('tells no provider from none that answers', () => {
  const none = page({
    providers: {
      failed: null,
      switched: null,
      list: [{ ...PROVIDER, state: 'not_configured', serving: false }],
    },
  });
  expect(headlineOf(none, NOW)).toMatchObject({ light: 'unknown', text: 'No provider is configured' });
  const out = page({
    providers: { failed: null, switched: null, list: [{ ...PROVIDER, state: 'open', serving: false }] },
  });
  expect(headlineOf(out, NOW)).toMatchObject({ light: 'bad', text: 'No provider can answer' });
  expect(headlineOf(out, NOW, false)).toMatchObject({
    light: 'unknown',
    text: 'No provider has answered here yet',
  });
});

it('goes on to backups, open incidents and missed KPIs', () => {
  const bad = page({
    backups: { failed: null, summary: '1 file is wrong', light: 'bad', link: null, files: [], more: 0 },
  });
  expect(headlineOf(bad, NOW).text).toBe('Backup: 1 file is wrong');
  expect(headlineOf(page({ healing: healing([incident()]) }), NOW).text).toBe(
    'Healing: web refuses connections',
  );
  const { kpi } = page();
  const kpis = kpi.kpis.map((each) => ({
    ...each,
    verdict: each.id === 'uptime' ? ('missed' as const) : each.verdict,
  }));
  expect(headlineOf(page({ kpi: { ...kpi, kpis } }), NOW).text).toBe('Missed: uptime');
});
