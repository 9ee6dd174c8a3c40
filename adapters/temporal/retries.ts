// The SDK's retries, made safe to close: a call that waits for its next try when its channel is closed would throw in a timer,
// where nobody can catch it, and end the whole process: the gateway with it.
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor, type Connection } from '@temporalio/client';

export type RetryInterceptor = ReturnType<typeof makeGrpcRetryInterceptor>;

export interface Retries {
  readonly interceptor: RetryInterceptor;
  /** Ends all further tries; the channel itself is closed when the last waiting one had its turn. */
  close(connection: Pick<Connection, 'close'>): Promise<void>;
}

/** ms: timers of Node may fire a little late. */
const MARGIN_MS = 250;

/** For one connection. */
export function retriesOf(): Retries {
  const usual = defaultGrpcRetryOptions();
  let closed = false;
  let lastTry = 0;
  return {
    interceptor: makeGrpcRetryInterceptor({
      retryableDecider: (attempt, status) => !closed && usual.retryableDecider(attempt, status),
      delayFunction(attempt, status) {
        const delay = usual.delayFunction(attempt, status);
        lastTry = Math.max(lastTry, performance.now() + delay);
        return delay;
      },
    }),
    async close(connection) {
      closed = true;
      const wait = lastTry - performance.now();
      if (wait <= -MARGIN_MS) return connection.close();
      setTimeout(() => void connection.close().catch(() => undefined), wait + MARGIN_MS).unref();
    },
  };
}
