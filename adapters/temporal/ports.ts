import { createServer } from 'node:net';

// Between the check and the use another program may take the port; whoever uses it must cope with that
// (the engine is started again on the next one).

/** True when `port` can be bound on `host` now. */
export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The first free port from `first` on, skipping `taken`; null when the next 200 are all in use. */
export async function nextFreePort(
  first: number,
  host: string,
  taken: readonly number[] = [],
): Promise<number | null> {
  for (let port = first; port < Math.min(first + 200, 65_536); port++)
    if (!taken.includes(port) && (await isFree(port, host))) return port;
  return null;
}
