import type { Socket } from 'node:net';
import { callerName } from '../../config/wrong-tokens.js';
import { isLoopbackAddress } from './host-name.js';

/** Cuts each new connection of an address beyond this machine that has `most` open already. */
export function openCrowding(most: number): (socket: Socket) => void {
  const open = new Map<string, number>();
  return (socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || isLoopbackAddress(address)) return;
    const from = callerName({ headers: {}, socket });
    const count = (open.get(from) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(from, count);
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1;
      if (left > 0) open.set(from, left);
      else open.delete(from);
    });
  };
}
