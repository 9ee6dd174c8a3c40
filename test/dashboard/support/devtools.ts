// Chromium's DevTools protocol over a pair of pipes: JSON texts with a zero byte after each.
import type { Readable, Writable } from 'node:stream';

export type Params = Readonly<Record<string, unknown>>;

export interface DevTools {
  /** Fails with the browser's own words. */
  send<T>(method: string, params?: Params, session?: string): Promise<T>;
  /** Events of a session. */
  on(session: string, listener: (method: string, params: Params) => void): void;
  /** All that is waited for fails. */
  close(why: string): void;
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function openDevTools(input: Writable, output: Readable): DevTools {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, (method: string, params: Params) => void>();
  let last = 0;
  let rest = '';
  let over: string | null = null;

  function take(text: string): void {
    const { id, sessionId, method, params, result, error } = JSON.parse(text) as Message;
    if (id === undefined) {
      listeners.get(sessionId ?? '')?.(method ?? '', params ?? {});
      return;
    }
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(result);
    else one?.reject(new Error(`${one.method}: ${error.message}`));
  }

  output.setEncoding('utf8');
  output.on('data', (part: string) => {
    const texts = (rest + part).split('\0');
    rest = texts.pop() ?? '';
    texts.forEach(take);
  });
  output.on('close', () => close('the browser has gone'));
  input.on('error', () => close('the browser takes no words'));

  function close(why: string): void {
    over ??= why;
    for (const { reject, method } of waiting.values()) reject(new Error(`${method}: ${why}`));
    waiting.clear();
  }

  return {
    send<T>(method: string, params: Params = {}, session?: string) {
      if (over !== null) return Promise.reject(new Error(`${method}: ${over}`));
      const id = ++last;
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, { method, resolve: (result) => resolve(result as T), reject });
        const target = session === undefined ? {} : { sessionId: session };
        input.write(`${JSON.stringify({ id, method, params, ...target })}\0`);
      });
    },
    on: (session, listener) => void listeners.set(session, listener),
    close,
  };
}
