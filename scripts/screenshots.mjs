// `node scripts/screenshots.mjs`: the pictures of the README, taken from a running product with stand-ins for providers and a service. Needs
// Chromium. What happens on them has happened: calls that failed over, a service that was killed and healed, a question that is open.
import './support/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { ROOT } from './support/paths.mjs';

const OUT = join(ROOT, 'docs/images');
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

/** A page with an open stream is never done loading. */
const STREAMS = '--timeout=4000';

await bootstrap();
const { openKit } = await import('../dist/drill/kit.js');
const { openLlm, providerEntry } = await import('../dist/drill/stand-ins/open-llm.js');
const { openService } = await import('../dist/drill/stand-ins/open-service.js');
const { ask } = await import('../dist/drill/client.js');

mkdirSync(OUT, { recursive: true });
const kit = await openKit({ name: 'pictures' });
try {
  await takeAll();
} finally {
  await kit.close();
}

async function takeAll() {
  const [kimi, lmstudio, ollama] = await Promise.all(
    ['kimi-primary', 'lmstudio', 'ollama-local'].map((name) => openLlm(kit, name)),
  );
  const web = await openService(kit, { name: 'web' });
  await web.start();
  const service = { name: 'web', probe: { type: 'http', url: web.url }, grace: '3s', restart: web.restart };
  const plane = await kit.plane({
    node: 'home',
    files: {
      'MEMORY.md': '# Memory\n',
      'DECISION-LOG.md': '# Decisions\n',
      'TECHNOLOGY-MATRIX.md': '# Technology\n',
      'memory/notes.md': 'Notes.\n',
      'tasks/today.md': 'Tasks.\n',
    },
    config: {
      'providers.yaml': {
        providers: [providerEntry(kimi, 1), providerEntry(lmstudio, 2), providerEntry(ollama, 3)],
      },
      'healing.yaml': {
        healing: {
          thresholds: { memory_warning: 97, memory_critical: 99, disk_critical: 99 },
          limits: { cooldown: '1s' },
          services: [service],
          levels: { 5: { permission: 'approve', sh: 'systemctl --user restart nxs-agent' } },
        },
      },
    },
  });
  for (let call = 0; call < 12; call += 1) await ask(plane.http, { stream: true });
  await ollama.kill();
  await kimi.kill();
  for (let call = 0; call < 6; call += 1) await ask(plane.http, { stream: true });
  await kimi.start();
  await web.kill();
  await kit.until('the service is healed', 60_000, async () =>
    (await incidents(plane)).some(({ state }) => state === 'healed'),
  );
  // The same service again, with a cure that does not help: it climbs to a question.
  await kit
    .spawn('broken', ['sh', '-c', `printf '#!/bin/sh\\nexit 1\\n' > '${web.restart[0]}'`])
    .then((child) => child.ended);
  await web.kill();
  await kit.until('a person is asked', 120_000, async () =>
    (await incidents(plane)).some(({ asked }) => asked !== null),
  );
  const { ui } = (await plane.get('/api/status')).body.urls;
  shoot('page', plane.http, '1280,1500', STREAMS);
  shoot('page-dark', plane.http, '1280,1500', STREAMS, '--blink-settings=preferredColorScheme=0');
  shoot('temporal', `${ui}/namespaces/default/workflows`, '1280,760', '--virtual-time-budget=12000');
}

async function incidents(plane) {
  return (await plane.get('/api/incidents')).body.incidents;
}

function shoot(name, url, size, ...more) {
  const profile = mkdtempSync(join(tmpdir(), 'nxs-pictures-'));
  const file = join(OUT, `${name}.png`);
  rmSync(file, { force: true });
  const flags = [
    ...[
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--hide-scrollbars',
    ],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ...[`--user-data-dir=${profile}`, `--window-size=${size}`],
  ];
  try {
    for (const browser of BROWSERS) {
      const run = spawnSync(browser, [...flags, ...more, `--screenshot=${file}`, url], { timeout: 60_000 });
      if (run.error?.code === 'ENOENT') continue;
      if (run.status !== 0 || !existsSync(file))
        throw new Error(`${browser} took no picture of ${url}: ${String(run.stderr).slice(-300)}`);
      console.log(file);
      return;
    }
    throw new Error(`none of ${BROWSERS.join(', ')} is installed`);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}
