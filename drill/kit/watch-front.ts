// The drill's own uptime: a front is asked twice a second, from outside, while it is meant to run.
import { get } from 'node:http';

const EVERY_MS = 500;
/** No answer for this long is none. */
const PATIENCE_MS = 2000;

export interface Uptime {
  readonly good: number;
  readonly asked: number;
}

export interface FrontWatch {
  /** From now on it is meant to run. */
  begin(): void;
  /** From now on it is not. */
  pause(): void;
  readonly uptime: () => Uptime;
}

export function watchFront(http: () => string): FrontWatch {
  let good = 0;
  let asked = 0;
  let timer: NodeJS.Timeout | null = null;
  let term = 0;
  const look = (): void => {
    const mine = term;
    void isWell(http()).then((well) => {
      // It was taken down on purpose meanwhile.
      if (mine !== term) return;
      asked += 1;
      if (well) good += 1;
    });
  };
  return {
    begin() {
      term += 1;
      if (timer !== null) clearInterval(timer);
      timer = setInterval(look, EVERY_MS);
      timer.unref();
    },
    pause() {
      term += 1;
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
    uptime: () => ({ good, asked }),
  };
}

function isWell(http: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${http}/healthz`, { agent: false, timeout: PATIENCE_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy(new Error('silent')));
    request.once('error', () => resolve(false));
  });
}
