// The page in a real Chromium, used as a person would.
import axe from 'axe-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PageModel } from '../../dashboard/model.js';
import { findChromium, openChromium, type Browser } from './support/chromium.js';
import { hostile } from './support/hostile.js';
import { asking, healing, REQUEST } from './support/incidents.js';
import { busyModel } from './support/model.js';
import { PROBLEM } from './support/panels.js';
import { provider, providers } from './support/parts.js';
import { serve, type Served } from './support/server.js';
import type { Look, Tab } from './support/tab.js';

const program = findChromium();
const FORM = 'form[action="/dashboard/decide"]';

describe.skipIf(program === null)(
  `in a browser${program === null ? ' (no Chromium on this machine)' : ''}`,
  () => {
    let browser: Browser;
    let served: Served;
    const tabs: Tab[] = [];

    beforeAll(async () => {
      browser = await openChromium(program!);
    });
    afterAll(() => browser.close());
    afterEach(async () => {
      await Promise.all(tabs.splice(0).map((tab) => tab.close()));
      await served.close();
    });

    async function open(look: Look = {}, model: () => PageModel = busyModel): Promise<Tab> {
      served = await serve();
      served.world.model = model;
      return visit(look);
    }

    async function visit(look: Look = {}): Promise<Tab> {
      const tab = await browser.tab();
      tabs.push(tab);
      await tab.look(look);
      await tab.goto(served.url);
      return tab;
    }

    async function answer(tab: Tab): Promise<void> {
      await tab.tabTo(`${FORM} input[name="by"]`);
      await tab.type('Maria');
      await tab.press('Tab');
      await tab.type('it is safe');
    }

    test.each(['light', 'dark'] as const)('axe finds nothing serious in %s colours', async (scheme) => {
      const tab = await open({ scheme });
      await openDetails(tab);
      for (const width of [1440, 360]) {
        await tab.look({ scheme, width });
        expect(await findings(tab)).toEqual([]);
      }
      await tab.goto(`${served.url}/login`);
      expect(await findings(tab)).toEqual([]);
      expect(tab.problems).toEqual([]);
    });

    test('nothing is wider than a small phone', async () => {
      const tab = await open({ width: 360 }, () => hostile(busyModel()));
      await openDetails(tab);
      const wide = '[document.documentElement.scrollWidth, innerWidth]';
      expect(await tab.value(wide)).toEqual([360, 360]);
      served.world.model = () => busyModel({ node: 'n'.repeat(80), title: 't'.repeat(120) });
      await tab.reload();
      await openDetails(tab);
      expect(await tab.value(wide)).toEqual([360, 360]);
    });

    test('markup of others is read, not run', async () => {
      const tab = await open({}, () => hostile(busyModel()));
      await openDetails(tab);
      expect(await tab.text()).toContain('<script>file</script>');
      expect(await tab.value(`document.querySelectorAll('main script, main img').length`)).toBe(0);
      expect(tab.problems).toEqual([]);
    });

    test.each(['Space', 'Enter'] as const)('a question is approved without a mouse, by %s', async (key) => {
      const tab = await open();
      await answer(tab);
      await tab.tabTo('button[value="approve"]');
      await tab.press(key);
      await tab.sees(`document.querySelector('.said.good')?.textContent === 'It is approved.'`);
      expect(served.world.decided).toEqual([
        { incident: 'inc-7', request: REQUEST, verdict: 'approve', by: 'Maria', reason: 'it is safe' },
      ]);
      expect(tab.problems).toEqual([]);
    });

    test('Enter in a field approves nothing', async () => {
      const tab = await open();
      await answer(tab);
      await tab.press('Enter');
      await tab.sees(`document.querySelector('.said.good')?.textContent === 'It is denied.'`);
      expect(served.world.decided.map(({ verdict }) => verdict)).toEqual(['deny']);
    });

    test('without a name the browser sends nothing', async () => {
      const tab = await open();
      await tab.tabTo('button[value="approve"]');
      await tab.press('Enter');
      await tab.sees(`document.activeElement.name === 'by'`);
      expect(served.world.decided).toEqual([]);
    });

    test('the page is whole without a script', async () => {
      const tab = await open({ script: false });
      const text = await tab.text();
      for (const part of ['Needs you', '99.97 %', 'kimi-primary', 'UTC', 'systemctl --user restart llama'])
        expect(text).toContain(part);
      expect(text).not.toContain('silent');
      expect(await tab.value(`document.getElementById('theme').hidden`)).toBe(true);
      await answer(tab);
      await tab.tabTo('button[value="approve"]');
      await tab.press('Enter');
      await tab.sees(`document.querySelector('.said.good') !== null`);
      expect(served.world.decided.map(({ by }) => by)).toEqual(['Maria']);
    });

    test('a change elsewhere leaves a person at his work', async () => {
      const tab = await open();
      await openDetails(tab);
      await answer(tab);
      const list = [provider('new-one'), ...providers().list.map((each) => ({ ...each, detail: 'refused' }))];
      const incidents = [asking({ id: 'inc-9', subject: 'disk:/new' }), ...healing().incidents];
      const changed = busyModel({
        providers: { ...providers(), list },
        healing: { ...healing(), incidents },
      });
      served.world.model = () => changed;
      served.world.mark = 'second';
      await tab.sees(`document.querySelector('#providers tbody').rows.length === 5`);
      await tab.sees(`document.querySelectorAll('.incident.asks').length === 2`);
      const active = '[document.activeElement.name, document.activeElement.value]';
      expect(await tab.value(active)).toEqual(['reason', 'it is safe']);
      expect(await tab.value(`document.querySelectorAll('main details:not([open])').length`)).toBe(0);
      await tab.type(', I think');
      await tab.tabTo('button[value="approve"]');
      await tab.press('Enter');
      await tab.sees(`document.querySelector('.said.good') !== null`);
      expect(served.world.decided.map(({ reason }) => reason)).toEqual(['it is safe, I think']);
      expect(tab.problems).toEqual([]);
    });

    test('whatever comes, the page becomes what a fresh one would be', async () => {
      const tab = await open();
      expect(await tab.value(MORPHS)).toBe('');
    });

    test('a page that hears nothing says so, and works with what comes back', async () => {
      const tab = await open();
      const stale = `document.documentElement.classList.contains('stale')`;
      expect(await tab.value(stale)).toBe(false);
      await served.stop();
      await tab.sees(stale);
      expect(await tab.text()).toContain('what it shows may be old');
      expect(await tab.value(`getComputedStyle(document.getElementById('main')).filter`)).toBe(
        'grayscale(1)',
      );
      // It knows nothing of the forms that its forerunner gave out.
      await served.start();
      await tab.sees(`!${stale} && document.getElementById('older').hidden`);
      await answer(tab);
      await tab.press('Enter');
      await tab.sees(`document.querySelector('.said.good') !== null`);
      expect(served.world.decided).toHaveLength(1);
    });

    test('a mistake in the YAML is there to read', async () => {
      const tab = await open();
      const shown = await tab.value<string>(`document.querySelector('.panel-error').innerText`);
      expect(shown).toContain(PROBLEM);
      expect(shown).toContain('this panel cannot be shown');
    });

    test('of two who decide at once the second is told', async () => {
      const first = await open();
      const second = await visit();
      for (const tab of [first, second]) {
        await answer(tab);
        await tab.tabTo('button[value="approve"]');
      }
      let said = 0;
      served.world.answer = () =>
        said++ === 0
          ? { accepted: true, sentence: 'It is approved.' }
          : { accepted: false, sentence: 'Maria has approved it already.' };
      await first.press('Enter');
      await first.sees(`document.querySelector('.said.good') !== null`);
      await second.press('Enter');
      await second.sees(
        `document.querySelector('.said.bad')?.textContent === 'Maria has approved it already.'`,
      );
      const changed = busyModel({ healing: { ...healing(), incidents: [asking({ asked: null })] } });
      served.world.model = () => changed;
      served.world.mark = 'second';
      for (const tab of [first, second]) await tab.sees(`document.querySelector('${FORM}') === null`);
    });

    test('the colours that somebody chose are kept', async () => {
      const tab = await open({ scheme: 'light' });
      const paper = 'getComputedStyle(document.body).backgroundColor';
      const light = await tab.value<string>(paper);
      await tab.tabTo('#theme');
      await tab.press('Enter');
      const dark = await tab.value<string>(paper);
      expect(dark).not.toBe(light);
      await tab.reload();
      expect(await tab.value(paper)).toBe(dark);
      await tab.tabTo('#theme');
      await tab.press('Space');
      expect(await tab.value(paper)).toBe(light);
    });

    test('times are those of the place where the person sits', async () => {
      const at = '2025-11-23T14:02:11.000Z';
      const entries = [{ at, text: 'healed', light: 'good', link: null }] as const;
      const tab = await open({ zone: 'Asia/Tokyo' }, () =>
        busyModel({ panels: [{ name: 'Log', kind: 'timeline', entries }] }),
      );
      await tab.sees(`document.getElementById('age').textContent.startsWith('updated')`);
      expect(await tab.value(`document.querySelector('.timeline time').textContent`)).toMatch(
        /^Nov 23 (11:02:11\sPM|23:02:11)$/,
      );
    });
  },
);

/** Changes 400 random trees into others; the first that differs from what it should be, or nothing. */
const MORPHS = `(() => {
  let seed = 7;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const tree = (depth) => {
    let text = '';
    for (let count = random(6); count > 0; count--) {
      const [name, kind] = [['li', 'p', 'b'][random(3)], random(4)];
      const key = kind < 2 ? '' : ' data-key="' + 'abcde'[random(5)] + '"';
      const more = random(2) === 0 ? '' : ' class="' + random(3) + '"';
      text += kind === 0 ? ' text ' + random(3) : '<' + name + key + more + '>' + (depth === 0 ? '' : tree(depth - 1)) + '</' + name + '>';
    }
    return text;
  };
  const root = (text) => Object.assign(document.createElement('div'), { innerHTML: text });
  for (let round = 0; round < 400; round++) {
    const [from, to] = [tree(2), tree(2)];
    const old = root(from);
    const [fresh, wanted] = [root(to), root(to).innerHTML];
    children(old, fresh);
    if (old.innerHTML !== wanted) return [from, wanted, old.innerHTML].join(' | ');
  }
  return '';
})()`;

/** What axe finds serious or critical. */
async function findings(tab: Tab): Promise<readonly string[]> {
  await tab.run(axe.source);
  return tab.value(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`);
}

async function openDetails(tab: Tab): Promise<void> {
  await tab.value(`document.querySelectorAll('details').forEach((each) => { each.open = true; })`);
}
