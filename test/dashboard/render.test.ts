// What the page makes of its model, whoever wrote the texts in it.
import { describe, expect, test } from 'vitest';
import type { PageModel, PanelModel } from '../../dashboard/model.js';
import { loginPage } from '../../dashboard/page/document.js';
import { at } from './support/basics.js';
import { hostile } from './support/hostile.js';
import { askingRestore, healing } from './support/incidents.js';
import { busyModel, calmModel, largeModel } from './support/model.js';
import { panels, PROBLEM } from './support/panels.js';
import { serve } from './support/server.js';
import { all, pageText, shapeOf, tagsOf } from './support/tags.js';

const PAGES: readonly (readonly [string, () => PageModel])[] = [
  ['busy', busyModel],
  ['calm', calmModel],
  ['large', largeModel],
  ['hostile', () => hostile(busyModel())],
];

describe('texts of others', () => {
  const restore = () => busyModel({ healing: { ...healing(), incidents: [askingRestore()] } });

  test.each([
    ['busy', busyModel()],
    ['level 6', restore()],
  ])('never become markup (%s)', (_name, plain) => {
    expect(shapeOf(pageText(hostile(plain)))).toEqual(shapeOf(pageText(plain)));
  });

  test('are all there to read', () => {
    const page = pageText(hostile(busyModel()));
    for (const what of ['file', 'name', 'cause', 'text', 'problem', 'title', 'how', 'detail', 'note', 'node'])
      expect(page.includes(`&lt;script&gt;${what}&lt;/script&gt;`), what).toBe(true);
  });

  test('in the place of a link do not become one', () => {
    const link = 'javascript:alert(1)';
    const [row] = healing().incidents;
    const page = pageText(
      busyModel({
        ui: link,
        healing: { ...healing(), incidents: [{ ...row!, link }] },
        panels: [
          { name: 'a', kind: 'timeline', entries: [{ at: at(-1), text: link, light: 'good', link }] },
          {
            name: 'b',
            kind: 'table',
            columns: ['file'],
            rows: [{ cells: [{ text: link, light: null }], link }],
          },
        ],
      }),
    );
    const hrefs = all(tagsOf(page)).flatMap(({ attributes }) => attributes.get('href') ?? []);
    expect(hrefs.length).toBeGreaterThan(10);
    expect(hrefs.filter((href) => href.startsWith('javascript:'))).toEqual([]);
    expect(page.split(link).length).toBeGreaterThan(2);
  });
});

describe('a part that failed', () => {
  const heads = ['Key figures', 'Providers', 'Backups', 'Sync', 'Healing', 'Schedules', 'Nodes'];

  test.each(['providers', 'backups', 'sync', 'healing', 'schedules'] as const)(
    'says why and hides no other: %s',
    (part) => {
      const page = pageText(busyModel({ [part]: { failed: `${part} <cannot> be read` } }));
      expect(page).toContain(`<p class="problem">${part} &lt;cannot&gt; be read</p>`);
      for (const head of heads) expect(page).toMatch(new RegExp(`<h2 id="\\w+-title">${head}</h2>`));
    },
  );

  test('can be each of them at once', () => {
    const failed = { failed: 'The state directory cannot be read.' };
    const model = busyModel({
      ...{ providers: failed, backups: failed, sync: failed, healing: failed, schedules: failed },
    });
    const page = pageText({ ...model, panels: [], fleet: [], uptime: [] });
    expect(page.split(failed.failed)).toHaveLength(6);
    expect(page).toContain('99.97 %');
  });
});

describe('panels', () => {
  test.each([
    ['gauge', ['99.97 %', '90 to 100 %', 'limits 95, 99, 99.5', 'aria-label="System Uptime: 99.97 %"']],
    ['status-grid', ['kimi-primary, serving, closed', 'no provider of that name is configured']],
    ['table', ['last backup', 'hash match', 'memory/2026-11-23.md', '✗']],
    ['timeline', ['level 2 restart_service, no effect', 'nxs%2Fhome%2Fincident%2Finc-7']],
    ['error', ['this panel cannot be shown', PROBLEM.replaceAll('"', '&quot;')]],
  ] as const)('of the kind %s show their content', (kind, texts) => {
    const panel = panels().find((each) => each.kind === kind)!;
    const page = pageText(busyModel({ panels: [panel] })).replace(/\s+/g, ' ');
    for (const text of texts) expect(page).toContain(text);
  });

  test.each([
    [
      'a gauge',
      { name: 'x', kind: 'gauge', value: null, unit: 's', thresholds: [], good: '<', note: 'too few' },
    ],
    ['a table', { name: 'x', kind: 'table', columns: ['file'], rows: [] }],
    ['a timeline', { name: 'x', kind: 'timeline', entries: [] }],
    ['a grid', { name: 'x', kind: 'status-grid', cells: [] }],
  ] as const satisfies readonly (readonly [string, PanelModel])[])('can be empty: %s', (_name, panel) => {
    const page = pageText(busyModel({ panels: [panel] }));
    expect(shapeOf(page).length).toBeGreaterThan(100);
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  test.each([
    [99.6, '>', 'good'],
    [97, '>', 'unknown'],
    [80, '>', 'bad'],
    [80, '<', 'good'],
    [97, '<', 'unknown'],
    [99.6, '<', 'bad'],
  ] as const)('show %d where %s is good as %s', (value, good, light) => {
    const panel = { name: 'x', kind: 'gauge', unit: '%', thresholds: [95, 99, 99.5], note: '' } as const;
    const page = pageText(busyModel({ panels: [{ ...panel, value, good }] }));
    expect(page).toContain(`<p class="value"><span class="light ${light}">`);
  });
});

describe.each(PAGES)('the page that is %s', (_name, model) => {
  test('has names that are unique where the script looks for them', () => {
    const twice = {
      panels: [...panels(), ...panels()].map((panel) =>
        panel.kind === 'timeline'
          ? { ...panel, entries: [...panel.entries, ...panel.entries] }
          : panel.kind === 'status-grid'
            ? { ...panel, cells: [...panel.cells, ...panel.cells] }
            : panel,
      ),
    };
    const tags = all(tagsOf(pageText({ ...model(), ...twice })));
    const keys = tags.map(({ name, children }) => [name, repeated(children, 'data-key')]);
    expect(keys.filter(([, found]) => found !== '')).toEqual([]);
    expect(repeated(tags, 'id')).toBe('');
  });

  test('has no script and no style of its own', () => {
    const tags = all(tagsOf(pageText(model())));
    expect(
      tags.filter(({ name }) => name === 'script').map(({ attributes }) => [...attributes.keys()]),
    ).toEqual([['src', 'defer']]);
    expect(tags.filter(({ name }) => ['style', 'iframe', 'base', 'object'].includes(name))).toEqual([]);
    const names = new Set(tags.flatMap(({ attributes }) => [...attributes.keys()]));
    expect([...names].filter((name) => name === 'style' || name.startsWith('on'))).toEqual([]);
  });

  test('names what its labels point at', () => {
    const tags = all(tagsOf(pageText(model())));
    const ids = new Set(tags.flatMap(({ attributes }) => attributes.get('id') ?? []));
    const wanted = tags.flatMap(({ attributes }) => attributes.get('aria-labelledby') ?? []);
    expect(wanted.length).toBeGreaterThan(5);
    expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
  });
});

test('every form brings the proof, and a question denies by default', () => {
  const tags = all(tagsOf(pageText(busyModel())));
  const forms = tags.filter(({ name }) => name === 'form');
  expect(forms.length).toBeGreaterThan(5);
  for (const form of forms) {
    const inputs = all(form.children).filter(({ name }) => name === 'input');
    expect(inputs[0]?.attributes.get('name')).toBe('proof');
    expect(form.attributes.get('method')).toBe('post');
  }
  const decide = forms.find(({ attributes }) => attributes.get('action') === '/dashboard/decide')!;
  const buttons = all(decide.children).filter(({ name }) => name === 'button');
  expect(buttons.map(({ attributes }) => attributes.get('value'))).toEqual(['deny', 'approve']);
});

test('an open question comes before the panels, and past incidents after them', () => {
  const order = (page: string) => page.indexOf('id="incidents"') < page.indexOf('id="panels"');
  expect(order(pageText(busyModel()))).toBe(true);
  expect(order(pageText(calmModel()))).toBe(false);
});

test('the login shows its note as text', () => {
  const page = loginPage('v', 'proof', '<b>no</b>');
  expect(page).toContain('&lt;b&gt;no&lt;/b&gt;');
  expect(shapeOf(page)).toContain('input name type required autocomplete');
});

test('the browser is told to run nothing that is not ours', async () => {
  const served = await serve();
  try {
    const answer = await fetch(served.url);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'"],
        ...["base-uri 'none'", "frame-ancestors 'none'"],
      ]),
    );
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const css = /href="(\/dashboard\/page\.css\?\w+)"/.exec(await answer.text())![1]!;
    const style = await fetch(served.url + css);
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(style.headers.get('cache-control')).toContain('immutable');
  } finally {
    await served.close();
  }
});

/** Values of an attribute that stand there more than once. */
function repeated(
  tags: readonly { readonly attributes: ReadonlyMap<string, string> }[],
  name: string,
): string {
  const values = tags.flatMap(({ attributes }) => attributes.get(name) ?? []);
  return values.filter((value, index) => values.indexOf(value) !== index).join(', ');
}
