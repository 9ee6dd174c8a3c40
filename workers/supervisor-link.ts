import type { TemporalTarget } from '../adapters/temporal/target.js';
import { parseToWorker, type FromWorker, type RpcMessage, type ToWorker } from './ipc.js';

/** The worker's end of the IPC channel. */
export interface SupervisorLink {
  send(message: FromWorker): void;
  /** The first message; null when the channel closed before it came. */
  started(): Promise<Start | null>;
  /** Where to connect; never settles when nobody says so. */
  target(): Promise<TemporalTarget>;
}

type Start = Extract<ToWorker, { type: 'start' }>;

export interface LinkHandlers {
  ask(id: number): void;
  rpc(message: RpcMessage): void;
  stop(): void;
  /** The supervisor is gone; nobody will start or stop us any more. */
  lost(): void;
}

export function linkToSupervisor(handlers: LinkHandlers): SupervisorLink {
  let begin: (message: Start | null) => void = () => undefined;
  const start = new Promise<Start | null>((resolve) => {
    begin = resolve;
  });
  let aim: (target: TemporalTarget) => void = () => undefined;
  const target = new Promise<TemporalTarget>((resolve) => {
    aim = resolve;
  });
  process.on('message', (value) => {
    const message = parseToWorker(value);
    if (message?.type === 'start') begin(message);
    else if (message?.type === 'target') aim(message.target);
    else if (message?.type === 'ask') handlers.ask(message.id);
    else if (message?.type === 'stop') handlers.stop();
    else if (message !== null) handlers.rpc(message);
  });
  process.on('disconnect', () => {
    begin(null);
    handlers.lost();
  });
  return {
    started: () => start,
    target: () => target,
    send(message) {
      // The callback keeps a channel that closes in this moment from being an uncaught error.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
  };
}
