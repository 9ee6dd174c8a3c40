import { writeFile } from 'node:fs/promises';
import { findChromium, openChromium } from './support/chromium.js';
import { busyModel, calmModel } from './support/model.js';
import { askingRestore, healing } from './support/incidents.js';
import { serve } from './support/server.js';
const served = await serve();
const browser = await openChromium(findChromium()!);
const tab = await browser.tab();
const shot = async (name: string) =>
  writeFile(`/tmp/part6/shots/${name}.png`, Buffer.from(await tab.picture(), 'base64'));
try {
  for (const scheme of ['light', 'dark'] as const)
    for (const width of [360, 1440]) {
      await tab.look({ width, scheme });
      await tab.goto(served.url);
      await shot(`${scheme}-${String(width)}`);
    }
  const phone = await browser.tab();
  await phone.look({ width: 360, height: 1000 });
  await phone.goto(served.url);
  for (const y of [0, 1000, 2000, 3000, 4000, 5000]) {
    await phone.value(`window.scrollTo(0, ${String(y)})`);
    await writeFile(
      `/tmp/part6/shots/phone-${String(y)}.png`,
      Buffer.from(await phone.picture(false), 'base64'),
    );
  }
  served.world.model = () => calmModel();
  await tab.look({ width: 1440 });
  await tab.goto(served.url);
  await tab.value(`document.querySelectorAll('details').forEach((each) => (each.open = true))`);
  await shot('calm-open');
  await tab.look({ width: 360 });
  await shot('calm-open-360');
  await tab.look({ width: 3840, height: 2160 });
  await shot('4k');
  served.world.model = () => busyModel({ healing: { ...healing(), incidents: [askingRestore()] } });
  await tab.look({ width: 900 });
  await tab.goto(served.url);
  await shot('level6-900');
  console.log(tab.problems);
} finally {
  await browser.close();
  await served.close();
}
