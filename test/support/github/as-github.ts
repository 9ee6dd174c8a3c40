// Where the emulator answers otherwise than GitHub in what an adapter rests on. Always on (two have a switch). Claims that
// rest on this file: an unknown token is 401 even for a public repository; what a token may not see is 404; an empty
// repository refuses the Git Data API with 409; a branch comes with its whole commit; blobs come base64 in lines of 60, or
// raw with a charset; contents above 1 MB come empty; trees are in git's order; dates have no fractions of a second; a renamed repository answers 301 (307 for writes).
import { isGood, parsed, readdress, refusal, rewrite, tail, type Answer, type Layer } from './layer.js';
import type { TreeEntryRow } from './store.js';

const MB = 1024 * 1024;
const RAW = /application\/vnd\.github(\.v3)?\.raw/;
const NOT_FOUND = 'Not Found';

export const knownTokens: Layer = async (asked, next, { emulator }) => {
  const sent = asked.headers['authorization'];
  const token = sent?.replace(/^(bearer|token)\s+/i, '').trim();
  if (token !== undefined && !emulator.tokens.has(token)) return refusal(401, 'Bad credentials');
  const answer = await next(asked);
  if (asked.repo === null) return answer;
  const hidden =
    answer.status === 401 || (answer.status === 403 && parsed(answer.body)['message'] === 'Forbidden');
  return hidden ? refusal(404, NOT_FOUND) : answer;
};

/** @param renamed old `owner/name` in lower case -> id of the repository */
export function repositoryNames(renamed: ReadonlyMap<string, number>): Layer {
  return async (asked, next, { rows }) => {
    const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(asked.path) ?? [];
    if (id !== undefined) {
      const row = rows.byId(Number(id));
      return row === undefined
        ? refusal(404, NOT_FOUND)
        : next(readdress(asked, `/repos/${row.full_name}${rest}`));
    }
    if (asked.repo === null) return next(asked);
    const after = asked.path.slice(`/repos/${asked.repo}`.length);
    const row = rows.find(asked.repo);
    if (row !== undefined) return next(readdress(asked, `/repos/${row.full_name}${after}`));
    const moved = renamed.get(asked.repo.toLowerCase());
    if (moved === undefined || rows.byId(moved) === undefined) return next(asked);
    const location = `http://${asked.headers['host'] ?? ''}/repositories/${moved}${after}${asked.query}`;
    const status = asked.method === 'GET' || asked.method === 'HEAD' ? 301 : 307;
    return refusal(status, 'Moved Permanently', { location }, { url: location });
  };
}

export const emptyRepository: Layer = async (asked, next, { rows, switches }) => {
  const { repo, route } = asked;
  const empty = repo !== null && rows.find(repo) !== undefined && rows.isEmpty(repo);
  if (!switches.emptyIs409 || !empty) return next(asked);
  const answer = await next(asked);
  // Who may not see it, or may not write, is told so first.
  if (answer.status === 401 || answer.status === 403) return answer;
  if (/\/git\/|\/commits(\/\{ref\})?$/.test(route)) return refusal(409, 'Git Repository is empty.');
  if (route.endsWith('/contents/{path}') && asked.method === 'GET') {
    return refusal(404, 'This repository is empty.');
  }
  return answer;
};

export const wholeBranch: Layer = async (asked, next, { rows }) => {
  const { repo, route } = asked;
  const answer = await next(asked);
  if (repo === null || route !== 'GET /repos/{owner}/{repo}/branches/{branch}') return answer;
  if (answer.status === 404 && rows.find(repo) !== undefined) return refusal(404, 'Branch not found');
  const sha = rows.head(repo, tail(asked, 'branches'));
  if (!isGood(answer) || sha === null) return answer;
  const listed = await next(readdress(asked, `/repos/${repo}/commits`, `?sha=${sha}&per_page=1`));
  const [commit] = JSON.parse(listed.body.toString('utf8')) as unknown[];
  return rewrite(answer, (body) => ({ ...body, commit }));
};

export const missingRef: Layer = async (asked, next) => {
  const answer = await next(asked);
  const changes = /^(PATCH|DELETE) .*\/git\/refs\/\{ref\}$/.test(asked.route);
  const unknown = answer.status === 404 && parsed(answer.body)['message'] === NOT_FOUND;
  return changes && unknown ? refusal(422, 'Reference does not exist') : answer;
};

export const contentForms: Layer = async (asked, next, { switches }) => {
  const answer = await next(asked);
  if (!isGood(answer) || asked.method !== 'GET') return answer;
  if (asked.route.endsWith('/git/blobs/{sha}')) return blobForm(answer, asked.headers['accept'] ?? '');
  const large = (body: Record<string, unknown>) => Number(body['size']) > MB && 'content' in body;
  if (!switches.contentsLimit || !asked.route.endsWith('/contents/{path}')) return answer;
  if (!large(parsed(answer.body))) return answer;
  return rewrite(answer, (body) => ({ ...body, content: '', encoding: 'none' }));
};

function blobForm(answer: Answer, accept: string): Answer {
  const content = String(parsed(answer.body)['content']);
  if (!RAW.test(accept)) {
    return rewrite(answer, (body) => ({ ...body, content: content.replaceAll(/(.{1,60})/g, '$1\n') }));
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' },
    body: Buffer.from(content, 'base64'),
  };
}

/** The emulator sorts trees by the machine's locale, and keeps the milliseconds of a commit's time. */
export const gitForms: Layer = async (asked, next) => {
  const answer = await next(asked);
  if (!isGood(answer) || asked.repo === null) return answer;
  if (asked.route === 'GET /repos/{owner}/{repo}/git/trees/{sha}') {
    const { tree } = parsed(answer.body) as { tree: readonly TreeEntryRow[] };
    const key = ({ path, type }: TreeEntryRow) => Buffer.from(type === 'tree' ? `${path}/` : path);
    const sorted = [...tree].sort((one, other) => Buffer.compare(key(one), key(other)));
    return rewrite(answer, (body) => ({ ...body, tree: sorted }));
  }
  if (!/\/(commits|compare|branches)/.test(asked.route)) return answer;
  const text = answer.body.toString('utf8').replaceAll(/("date":"[-0-9T:]{19})\.\d+Z"/g, '$1Z"');
  return { ...answer, body: Buffer.from(text) };
};
