// One page in the browser, looked at and used as a person would.
import { until } from '../../support/until.js';
import type { DevTools, Params } from './devtools.js';

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  /** `Asia/Tokyo`. */
  readonly zone?: string;
  readonly script?: boolean;
}

export interface Tab {
  readonly context: string;
  /** Errors and warnings of the console, failed policies among them. */
  readonly problems: readonly string[];
  look(look: Look): Promise<void>;
  /** Waits until the page is there. */
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Value of an expression; promises are waited for. */
  value<T>(expression: string): Promise<T>;
  /** Waits until an expression is true. `timeout`: ms. */
  sees(expression: string, timeout?: number): Promise<void>;
  /** The text of `main` and of what stands around it. */
  text(): Promise<string>;
  press(key: 'Tab' | 'Enter' | 'Space', shift?: boolean): Promise<void>;
  type(text: string): Promise<void>;
  /** Tab until an element has the focus; fails when it never gets it. */
  tabTo(selector: string): Promise<void>;
  /** With the page's policy out of the way: for tools that are brought in. */
  run(source: string): Promise<void>;
  close(): Promise<void>;
}

const KEYS = {
  Tab: { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 },
  Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Space: { key: ' ', code: 'Space', windowsVirtualKeyCode: 32, text: ' ' },
} as const;

export async function openTab(tools: DevTools, context: string): Promise<Tab> {
  const { targetId } = await tools.send<{ targetId: string }>('Target.createTarget', {
    url: 'about:blank',
    browserContextId: context,
  });
  const { sessionId } = await tools.send<{ sessionId: string }>('Target.attachToTarget', {
    targetId,
    flatten: true,
  });
  const send = <T>(method: string, params: Params = {}) => tools.send<T>(method, params, sessionId);
  const problems: string[] = [];
  let loads = 0;

  tools.on(sessionId, (method, params) => {
    if (method === 'Page.loadEventFired') loads++;
    const problem = problemOf(method, params);
    if (problem !== null) problems.push(problem);
  });
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);
  // Two tabs would else fight for the focus.
  await send('Emulation.setFocusEmulationEnabled', { enabled: true });

  async function value<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await send<Evaluated>('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails === undefined) return result.value as T;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  async function loaded(start: () => Promise<unknown>): Promise<void> {
    const before = loads;
    await start();
    await until(() => loads > before);
  }

  async function press(key: keyof typeof KEYS, shift = false): Promise<void> {
    const event = { ...KEYS[key], modifiers: shift ? 8 : 0 };
    await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
    await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  return {
    context,
    problems,
    async look({ width = 1440, height = 900, scheme = 'light', zone, script = true }) {
      await send('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
      await send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      });
      if (zone !== undefined) await send('Emulation.setTimezoneOverride', { timezoneId: zone });
      await send('Emulation.setScriptExecutionDisabled', { value: !script });
    },
    async goto(url) {
      await loaded(() => send('Page.navigate', { url }));
    },
    async reload() {
      await loaded(() => send('Page.reload'));
    },
    value,
    async sees(expression, timeout = 20_000) {
      await until(() => value<unknown>(expression), timeout).catch(async (error: unknown) => {
        const text = await value<string>('document.body.innerText');
        throw new Error(`${expression}: ${String(error)}; the page says: ${text.slice(0, 400)}`);
      });
    },
    text: () => value('document.body.innerText'),
    press,
    async type(text) {
      for (const sign of text) {
        await send('Input.dispatchKeyEvent', { type: 'keyDown', key: sign, text: sign });
        await send('Input.dispatchKeyEvent', { type: 'keyUp', key: sign });
      }
    },
    async tabTo(selector) {
      for (let count = 0; count < 200; count++) {
        if (await value(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`)) return;
        await press('Tab');
      }
      throw new Error(`${selector} cannot be reached with Tab`);
    },
    async run(source) {
      await send('Runtime.evaluate', { expression: source, awaitPromise: true });
    },
    async close() {
      await tools.send('Target.closeTarget', { targetId });
    },
  };
}

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

function problemOf(method: string, params: Params): string | null {
  if (method === 'Runtime.exceptionThrown') return JSON.stringify(params['exceptionDetails']);
  if (method !== 'Log.entryAdded') return null;
  const { level, text, url } = params['entry'] as { level: string; text: string; url?: string };
  return level === 'error' || level === 'warning' ? `${text} ${url ?? ''}` : null;
}
