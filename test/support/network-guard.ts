// Sees what goes through Node's own sockets (http, fetch, tls, net). Temporal's native core and child processes have
// sockets of their own: those are held to loopback by the addresses that tests hand them, and git by its protocol list.
import { Socket } from 'node:net';

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3}|\[::1\])$/i;
type Connect = (this: Socket, ...args: unknown[]) => Socket;

const violations: string[] = [];

/** True for the names and addresses that never leave the machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Makes every connection beyond loopback fail, and remembers it until `takeViolations`. */
export function forbidOutsideConnections(): void {
  const connect = Reflect.get(Socket.prototype, 'connect') as Connect;
  const guarded: Connect = function (this: Socket, ...args) {
    const host = hostOf(args);
    if (host === null || isLoopback(host)) return connect.apply(this, args);
    violations.push(host);
    const error = new Error(`connect to ${host} is forbidden in tests`);
    process.nextTick(() => this.destroy(Object.assign(error, { code: 'ENETUNREACH' })));
    return this;
  };
  Reflect.set(Socket.prototype, 'connect', guarded);
}

/** The hosts that were tried since the last call. */
export function takeViolations(): readonly string[] {
  return violations.splice(0);
}

// connect(options), connect(port, host?), connect(path), and net.connect's own form: one normalized array.
function hostOf(args: readonly unknown[]): string | null {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === 'object' && first !== null) {
    if ('path' in first && typeof first.path === 'string') return null;
    return 'host' in first && typeof first.host === 'string' ? first.host : 'localhost';
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return null;
  return typeof args[1] === 'string' ? args[1] : 'localhost';
}
