import type { IncomingMessage, ServerResponse } from 'node:http';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One line of the front's table. GET answers HEAD as well. */
export interface Route {
  readonly method: Method;
  /** Exact path, or everything below one when it ends in `/*`. */
  readonly path: string;
  /** One line for the index at `/`; null keeps it out of there. */
  readonly summary: string | null;
  /** Largest request body in bytes; 64 KB when left out. */
  readonly maxBody?: number;
  /** It asks for a key of its own instead of http.token. Host and Origin are checked all the same. */
  readonly ownKey?: boolean;
  /** Other origins whose pages may use it; left out: none. */
  readonly origins?: () => readonly string[];
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

export type Match =
  | { readonly kind: 'found'; readonly route: Route }
  | { readonly kind: 'method'; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

/** Exact paths before prefixes, longer prefixes before shorter ones. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const here = routes.filter((route) => fits(route.path, path));
  const best = here
    .filter((route) => route.method === wanted)
    .sort((a, b) => Number(isPrefix(a)) - Number(isPrefix(b)) || b.path.length - a.path.length)[0];
  if (best !== undefined) return { kind: 'found', route: best };
  if (here.length === 0) return { kind: 'none' };
  const allow = [
    ...new Set(here.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : route.method))),
  ];
  return { kind: 'method', allow };
}

function fits(pattern: string, path: string): boolean {
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

function isPrefix(route: Route): boolean {
  return route.path.endsWith('/*');
}
