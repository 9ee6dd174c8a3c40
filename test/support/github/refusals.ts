// Refusals of GitHub's that the emulator does not know. Claims that rest on this file: rate limits (pacing, `retry-after`,
// reset times), push protection, a token's end that is announced, read-only tokens, trees that are too large for one
// request, trees that come back truncated, hostile path components.
import {
  isGood,
  isWrite,
  json,
  parsed,
  refusal,
  rewrite,
  type Answer,
  type Asked,
  type Layer,
} from './layer.js';
import type { Refusal } from './switches.js';

const SECONDARY =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.';

export function secondaryLimit({ status = 403, retryAfter }: Refusal): Answer {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return refusal(status, SECONDARY, headers);
}

/** @param now epoch ms */
export function rateLimits(now: () => number): Layer {
  const writes: number[] = [];
  let since: unknown = null;
  let served = 0;
  return async (asked, next, { switches }) => {
    const { pace, quota } = switches;
    if (quota !== since) [since, served] = [quota, 0];
    if (quota !== null && now() < quota.resetAt * 1000) {
      const remaining = Math.max(0, (quota.after ?? 0) - served);
      const headers = quotaHeaders(remaining, quota.resetAt);
      // Asking for the limit is free.
      if (asked.path === '/rate_limit') {
        const core = { limit: 5000, remaining, used: 5000 - remaining, reset: quota.resetAt };
        return json(200, { resources: { core }, rate: core }, headers);
      }
      if (remaining === 0) {
        return refusal(quota.status ?? 403, 'API rate limit exceeded for user ID 1.', headers);
      }
      served += 1;
      const answer = await next(asked);
      return { ...answer, headers: { ...answer.headers, ...quotaHeaders(remaining - 1, quota.resetAt) } };
    }
    if (pace !== null && isWrite(asked)) {
      const recent = writes.filter((at) => now() - at < pace.windowMs);
      writes.splice(0, writes.length, ...recent);
      if (recent.length >= pace.writes) return secondaryLimit(pace);
      writes.push(now());
    }
    return next(asked);
  };
}

function quotaHeaders(remaining: number, resetAt: number) {
  return {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(5000 - remaining),
    'x-ratelimit-reset': String(resetAt),
    'x-ratelimit-resource': 'core',
  };
}

const NEEDED = { 'x-accepted-github-permissions': 'contents=write' };

/** @param readOnly tokens that may read everything and write nothing */
export function tokenRights(readOnly: ReadonlySet<string>): Layer {
  return async (asked, next, { switches }) => {
    const token = asked.headers['authorization']?.replace(/^(bearer|token)\s+/i, '').trim() ?? '';
    const answer =
      readOnly.has(token) && isWrite(asked)
        ? refusal(403, 'Resource not accessible by personal access token', NEEDED)
        : await next(asked);
    if (switches.tokenExpires === null || token === '') return answer;
    const expiry = { 'github-authentication-token-expiration': switches.tokenExpires };
    return { ...answer, headers: { ...answer.headers, ...expiry } };
  };
}

export const pushProtection: Layer = async (asked, next, { switches }) => {
  const marker = switches.secretMarker;
  if (marker === null || !textsOf(asked).some((text) => text.includes(marker))) return next(asked);
  const placeholder = { placeholder_id: '2z8Q0MZpJkHhK1a', token_type: 'test_marker' };
  return refusal(
    409,
    'Repository rule violations found\n\nSecret detected in content',
    {},
    {
      metadata: { secret_scanning: { bypass_placeholders: [placeholder] } },
    },
  );
};

export const trees: Layer = async (asked, next, { switches }) => {
  if (asked.route.startsWith('POST ') && asked.route.endsWith('/git/trees')) {
    const entries = entriesOf(asked);
    const { entries: most = Infinity, bytes = Infinity } = switches.treeLimit ?? {};
    if (entries.length > most || asked.body.length > bytes) {
      return refusal(422, 'Your request could not be processed because too many files changed');
    }
    if (entries.some(({ path }) => /(^|\/)\.git($|\/)/i.test(path))) {
      return refusal(422, 'tree.path contains a malformed path component');
    }
  }
  const answer = await next(asked);
  const limit = switches.truncateTreesAt;
  const recursive = /[?&]recursive=/.test(asked.query) && asked.route.endsWith('/git/trees/{sha}');
  if (limit === null || !recursive || !isGood(answer)) return answer;
  const all = (parsed(answer.body)['tree'] ?? []) as unknown[];
  if (all.length <= limit) return answer;
  return rewrite(answer, (body) => ({ ...body, tree: all.slice(0, limit), truncated: true }));
};

function entriesOf(asked: Asked): readonly { readonly path: string; readonly content?: string }[] {
  const { tree } = parsed(asked.body);
  return Array.isArray(tree) ? (tree as { path: string; content?: string }[]) : [];
}

/** Every text that a request brings: a blob's, a file's, those of a tree. */
function textsOf(asked: Asked): readonly string[] {
  if (!/^(POST .*\/git\/(blobs|trees)|PUT .*\/contents\/\{path\})$/.test(asked.route)) return [];
  const { content, encoding } = parsed(asked.body);
  const inline = entriesOf(asked).map((entry) => entry.content ?? '');
  if (typeof content !== 'string') return inline;
  const encoded = encoding === 'base64' || asked.method === 'PUT';
  return [encoded ? Buffer.from(content, 'base64').toString('latin1') : content];
}
