// Guessing must be slow, and whoever guesses must lock out nobody else: wrong tokens are counted for each caller by himself.

export interface WrongTokens {
  /** Nothing that this caller says counts at the moment. */
  blocked(caller: string): boolean;
  /** He gave a wrong one. */
  note(caller: string): void;
}

/** Wrong tokens of one caller within a minute. */
export const MOST_WRONG = 10;
const MINUTE = 60_000;
/** Callers that are remembered; beyond it the one who was quiet for longest is forgotten. */
const MOST_CALLERS = 1_000;

/** `now`: ms. */
export function openWrongTokens(now: () => number = Date.now): WrongTokens {
  const seen = new Map<string, readonly number[]>();
  const recent = (caller: string) => (seen.get(caller) ?? []).filter((at) => at > now() - MINUTE);
  return {
    blocked: (caller) => recent(caller).length >= MOST_WRONG,
    note(caller) {
      const times = [...recent(caller), now()].slice(-MOST_WRONG);
      // Put in anew, so that the first of the map is the one who was quiet for longest.
      seen.delete(caller);
      seen.set(caller, times);
      const [quietest] = seen.keys();
      if (seen.size > MOST_CALLERS && quietest !== undefined) seen.delete(quietest);
    },
  };
}

/** As much of a request as tells where it comes from. */
export interface CameFrom {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The name of a caller on this machine. */
export const HERE = 'this machine';

/**
 * A name for the caller: his address, of IPv6 the network (who has one address of it has all). Behind a proxy on this machine it is the
 * address that the proxy saw, which it writes last; anybody else's word for that is not taken.
 */
export function callerName({ headers, socket }: CameFrom): string {
  const direct = plainAddress(socket.remoteAddress ?? '');
  if (!isLoopback(direct)) return networkOf(direct);
  const seen = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1);
  return networkOf(plainAddress(seen?.trim() ?? '').slice(0, 64)) || HERE;
}

/** IPv4 on a dual-stack socket is IPv4. */
function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The first half of an IPv6 address, written out (RFC 4291, 2.2). */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}
