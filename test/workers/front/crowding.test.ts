import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { openCrowding } from '../../../workers/front/crowding.js';

/** As much of a socket as is looked at. */
class Line extends EventEmitter {
  destroyed = false;
  readonly remoteAddress: string;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function lines(address: string, count: number, take: (socket: Socket) => void): readonly Line[] {
  return Array.from({ length: count }, () => {
    const line = new Line(address);
    take(line as unknown as Socket);
    return line;
  });
}

it('an address out there has a number of connections, and this machine as many as it likes', () => {
  const take = openCrowding(3);
  const far = lines('10.0.0.9', 5, take);
  expect(far.map(({ destroyed }) => destroyed)).toEqual([false, false, false, true, true]);
  expect(lines('10.0.0.8', 3, take).some(({ destroyed }) => destroyed)).toBe(false);
  for (const near of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
    expect(lines(near, 20, take).some(({ destroyed }) => destroyed)).toBe(false);
  far[0]?.destroy();
  expect(lines('10.0.0.9', 2, take).map(({ destroyed }) => destroyed)).toEqual([false, true]);
});
