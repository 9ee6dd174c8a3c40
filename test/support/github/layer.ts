// What the layers in front of the emulator have in common: a request that was read whole, an answer that was not sent yet,
// and the routes by which requests are counted and matched.
import type { Emulator } from './emulator.js';
import type { Rows } from './store.js';
import type { Switches } from './switches.js';

export interface Asked {
  readonly method: string;
  /** Path without the query, not decoded. */
  readonly path: string;
  /** With its `?`, or ''. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** `owner/name`; null for requests that are about no repository. */
  readonly repo: string | null;
  /** `POST /repos/{owner}/{repo}/git/blobs`; `METHOD other` for a path that is no route here. */
  readonly route: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What becomes of it on the wire: nothing at all is sent, half of the body is, or the caller waits for ever. */
  readonly wire?: 'destroy' | 'half' | 'silent';
}

export interface World {
  readonly emulator: Emulator;
  readonly rows: Rows;
  /** Read anew for each request. */
  readonly switches: Switches;
}

export type Next = (asked: Asked) => Promise<Answer>;
export type Layer = (asked: Asked, next: Next, world: World) => Promise<Answer>;

const REPO = '/repos/{owner}/{repo}';
const ROUTES = [
  `${REPO}/git/blobs/{sha}`,
  `${REPO}/git/blobs`,
  `${REPO}/git/trees/{sha}`,
  `${REPO}/git/trees`,
  `${REPO}/git/commits/{sha}`,
  `${REPO}/git/commits`,
  `${REPO}/git/ref/{ref+}`,
  `${REPO}/git/refs/{ref+}`,
  `${REPO}/git/refs`,
  `${REPO}/git/matching-refs/{ref+}`,
  `${REPO}/contents/{path+}`,
  `${REPO}/compare/{basehead+}`,
  `${REPO}/commits/{ref+}`,
  `${REPO}/commits`,
  `${REPO}/branches/{branch+}`,
  `${REPO}/branches`,
  `${REPO}/tarball/{ref+}`,
  '/_codeload/{owner}/{repo}/legacy.tar.gz/{ref+}',
  REPO,
  '/repositories/{id+}',
  '/user/repos',
  '/user',
  '/orgs/{org}/repos',
  '/rate_limit',
].map((route) => ({
  name: route.replaceAll('+}', '}'),
  pattern: new RegExp(`^${route.replaceAll(/\{[a-z]+\+\}/g, '.+').replaceAll(/\{[a-z]+\}/g, '[^/]+')}$`),
}));

/** The same request with another path or query. */
export function readdress(asked: Asked, path: string, query = asked.query): Asked {
  const route = ROUTES.find(({ pattern }) => pattern.test(path))?.name ?? 'other';
  const [, owner, name] = /^\/repos\/([^/]+)\/([^/]+)/.exec(path) ?? [];
  const repo = owner !== undefined && name !== undefined ? `${owner}/${name}` : null;
  return { ...asked, path, query, repo, route: `${asked.method} ${route}` };
}

/** What follows `/repos/{owner}/{repo}/…/` in the path, decoded: a branch, a ref, a path. */
export function tail(asked: Asked, after: string): string {
  const at = asked.path.indexOf(`/${after}/`, '/repos/'.length);
  return decodeURIComponent(asked.path.slice(at + after.length + 2));
}

export function isWrite(asked: Asked): boolean {
  return asked.method !== 'GET' && asked.method !== 'HEAD';
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** GitHub's form of an error. */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Answer {
  const documentation_url = 'https://docs.github.com/rest';
  return json(status, { message, ...more, documentation_url, status: String(status) }, headers);
}

export function parsed(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A good JSON answer with its body changed. */
export function rewrite(answer: Answer, change: (body: Record<string, unknown>) => unknown): Answer {
  return { ...answer, body: Buffer.from(JSON.stringify(change(parsed(answer.body)))) };
}

export function isGood(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}
