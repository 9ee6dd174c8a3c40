// Pages that stay open while things change around them, in a real Chromium.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, openChromium, type Browser } from './support/chromium.js';
import { asking, healing } from './support/incidents.js';
import { busyModel, calmModel } from './support/model.js';
import { serve, type Served } from './support/server.js';
import type { Tab } from './support/tab.js';

const program = findChromium();
const FORM = 'form[action="/dashboard/decide"]';
const TOKEN = 'correct-horse-battery-staple';

describe.skipIf(program === null)(
  `open pages${program === null ? ' (no Chromium on this machine)' : ''}`,
  () => {
    let browser: Browser;
    let served: Served;

    beforeAll(async () => {
      browser = await openChromium(program!);
    });
    afterAll(() => browser.close());
    afterEach(() => served.close());

    async function visit(): Promise<Tab> {
      const tab = await browser.tab();
      await tab.goto(served.url);
      return tab;
    }

    function change(model: () => ReturnType<typeof busyModel>): void {
      const next = model();
      served.world.model = () => next;
      served.world.mark += ' and on';
    }

    test('words typed for one question approve no other', async () => {
      served = await serve();
      const tab = await visit();
      await tab.tabTo(`${FORM} input[name="by"]`);
      await tab.type('Maria');
      await tab.press('Tab');
      await tab.type('a restart is fine');
      const { plan, asked } = asking();
      const next = asking({
        plan: { ...plan!, request: 'inc-7-r3', commands: ['systemctl reboot'] },
        asked: { ...asked!, request: 'inc-7-r3' },
      });
      change(() => busyModel({ healing: { ...healing(), incidents: [next] } }));
      await tab.sees(`document.querySelector('.incident').textContent.includes('systemctl reboot')`);
      const fields = `['request', 'by', 'reason'].map((name) => document.querySelector('${FORM}')[name].value)`;
      expect(await tab.value(fields)).toEqual(['inc-7-r3', '', '']);
      expect(await tab.value(`!document.getElementById('gone').hidden`)).toBe(true);
      await tab.press('Enter');
      await tab.tabTo(`${FORM} input[name="by"]`);
      await tab.type('M');
      expect(await tab.value(`document.getElementById('gone').hidden`)).toBe(true);
      expect(served.world.decided).toEqual([]);
    });

    test('a page that nobody sees holds no stream, and is fresh when it is seen again', async () => {
      served = await serve();
      const [hidden, seen] = [await visit(), await visit()];
      const headline = `document.getElementById('headline').textContent`;
      await hidden.sees(`document.getElementById('age').textContent.startsWith('updated')`);
      await hidden.value(show(false));
      change(() => calmModel());
      await seen.sees(`${headline}.includes('Healthy')`);
      // By the second word the first has reached whoever listens.
      change(() => calmModel({ headline: { ...calmModel().headline, text: 'Healthy still' } }));
      await seen.sees(`${headline}.includes('Healthy still')`);
      expect(await hidden.value(headline)).toContain('Needs you');
      await hidden.value(show(true));
      await hidden.sees(`${headline}.includes('Healthy still')`);
    });

    test('a link from elsewhere logs nobody out', async () => {
      served = await serve({ token: TOKEN });
      const elsewhere = await page(`<a id="link" href="${served.url}/">to the page</a>`);
      try {
        const tab = await visit();
        await tab.tabTo('input[name="token"]');
        await tab.type(TOKEN);
        await tab.press('Enter');
        await tab.sees(`document.getElementById('headline') !== null`);
        for (const path of ['', 'login']) {
          // Another name is another site.
          await tab.goto(`http://localhost:${String((elsewhere.address() as AddressInfo).port)}/`);
          await tab.sees(`document.getElementById('link') !== null`);
          await tab.value(`link.href += '${path}', link.click()`);
          await tab.sees(`document.querySelector('#headline, input[name="token"]') !== null`);
          await tab.goto(served.url);
          await tab.sees(`document.getElementById('headline') !== null`);
        }
      } finally {
        elsewhere.close();
        elsewhere.closeAllConnections();
      }
    });
  },
);

/** As the browser does when another tab is brought to the front, and back. */
function show(seen: boolean): string {
  return `Object.defineProperty(document, 'hidden', { configurable: true, value: ${String(!seen)} });
    document.dispatchEvent(new Event('visibilitychange'));`;
}

async function page(body: string): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(body);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return server;
}
