// A proxy that the machine needs for the world must not get between us and a model on this machine: most desktop
// set-ups name a proxy and forget NO_PROXY for localhost.
// @ts-expect-error -- the package ships no types
import { getProxyForUrl } from 'proxy-from-env';
import type { Environment } from './trust.js';

const decide = getProxyForUrl as (url: string) => string;

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i;

/**
 * The proxy for an origin by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY of `env` (either case; lower wins);
 * null: none. Loopback is never proxied (as in Go's net/http). Throws a TypeError when the variable holds no URL.
 */
export function proxyFor(origin: string, env: Environment): URL | null {
  if (LOOPBACK.test(new URL(origin).hostname)) return null;
  const proxy = withVariables(env, () => decide(origin));
  return proxy === '' ? null : new URL(proxy);
}

// The library reads process.env alone, while our environment may have a .env file in it. Nothing else runs in between.
function withVariables<T>(env: Environment, run: () => T): T {
  if (env === process.env) return run();
  const kept = NAMES.map((name) => [name, process.env[name]] as const);
  try {
    for (const name of NAMES) set(name, env[name]);
    return run();
  } finally {
    for (const [name, value] of kept) set(name, value);
  }
}

function set(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}
