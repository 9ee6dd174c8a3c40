import { parseToWorker, type FromWorker, type ToWorker } from './ipc.js';

/** The worker's end of the IPC channel. */
export interface SupervisorLink {
  send(message: FromWorker): void;
  /** The first message; null when the channel closed before it came. */
  started(): Promise<Extract<ToWorker, { type: 'start' }> | null>;
}

export interface LinkHandlers {
  ask(id: number): void;
  stop(): void;
  /** The supervisor is gone; nobody will start or stop us any more. */
  lost(): void;
}

export function linkToSupervisor(handlers: LinkHandlers): SupervisorLink {
  let begin: (message: Extract<ToWorker, { type: 'start' }> | null) => void = () => undefined;
  const start = new Promise<Extract<ToWorker, { type: 'start' }> | null>((resolve) => {
    begin = resolve;
  });
  process.on('message', (value) => {
    const message = parseToWorker(value);
    if (message?.type === 'start') begin(message);
    else if (message?.type === 'ask') handlers.ask(message.id);
    else if (message?.type === 'stop') handlers.stop();
  });
  process.on('disconnect', () => {
    begin(null);
    handlers.lost();
  });
  return {
    started: () => start,
    send(message) {
      // The callback keeps a channel that closes in this moment from being an uncaught error.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
  };
}
