// A real Chromium without a screen, with a profile of its own that goes with it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { openDevTools } from './devtools.js';
import { openTab, type Tab } from './tab.js';

export interface Browser {
  /** With cookies and storage of its own, unless it shares those of another tab. */
  tab(beside?: Tab): Promise<Tab>;
  /** Ends it and removes its profile. */
  close(): Promise<void>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const FLAGS = [
  ...['--headless=new', '--remote-debugging-pipe', '--no-sandbox', '--disable-gpu', '--disable-quic'],
  ...['--no-first-run', '--no-default-browser-check', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-extensions', '--disable-dev-shm-usage'],
  ...['--disable-default-apps', '--no-proxy-server', '--password-store=basic', '--hide-scrollbars'],
  '--lang=en-US',
];

/** null: there is none on this machine. */
export function findChromium(): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return places.find((place) => existsSync(place)) ?? null;
}

export async function openChromium(program: string): Promise<Browser> {
  const profile = await mkdtemp(path.join(tmpdir(), 'chromium-'));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const tools = openDevTools(input, output);
  child.on('error', ({ message }) => tools.close(message));
  child.on('exit', (code) => tools.close(`the browser ended with ${String(code)}`));
  try {
    await tools.send('Browser.getVersion');
  } catch (error) {
    await end(child, profile);
    throw error;
  }

  return {
    async tab(beside) {
      const context =
        beside?.context ??
        (await tools.send<{ browserContextId: string }>('Target.createBrowserContext')).browserContextId;
      return openTab(tools, context);
    },
    async close() {
      // It ends its own children when it is asked.
      await tools.send('Browser.close').catch(() => undefined);
      await end(child, profile);
    },
  };
}

async function end(child: ChildProcess, profile: string): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await once(child, 'exit');
    clearTimeout(late);
  }
  await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
