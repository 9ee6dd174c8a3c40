// GitHub's replicas: after a branch was written, reads by its name may see the old head for a while, reads by object id do
// not. Claims that rest on this file: an adapter that has moved a branch does not believe a read by name.
import { isGood, isWrite, parsed, readdress, refusal, tail, type Asked, type Layer } from './layer.js';

interface Old {
  /** Null: there was no such branch. */
  readonly sha: string | null;
  left: number;
}

export function staleReads(): Layer {
  const old = new Map<string, Old>();
  return async (asked, next, { rows, switches }) => {
    const branch = branchOf(asked);
    if (asked.repo === null || branch === null || switches.staleReads === 0) return next(asked);
    const key = `${asked.repo} ${branch}`;
    if (isWrite(asked)) {
      const sha = rows.find(asked.repo) === undefined ? null : rows.head(asked.repo, branch);
      const answer = await next(asked);
      if (isGood(answer)) old.set(key, { sha, left: switches.staleReads });
      return answer;
    }
    const seen = old.get(key);
    if (seen === undefined || seen.left === 0) return next(asked);
    seen.left -= 1;
    if (seen.sha === null) return refusal(404, 'Not Found');
    return readOld(asked, seen.sha, next);
  };
}

async function readOld(asked: Asked, sha: string, next: Parameters<Layer>[1]) {
  const { repo, route, path, query } = asked;
  const at = `/repos/${String(repo)}`;
  if (route.endsWith('/commits/{ref}')) return next(readdress(asked, `${at}/commits/${sha}`));
  if (route.endsWith('/commits'))
    return next(readdress(asked, path, query.replace(/sha=[^&]*/, `sha=${sha}`)));
  const answer = await next(asked);
  if (!isGood(answer)) return answer;
  const body = parsed(answer.body);
  if (route.endsWith('/git/ref/{ref}')) {
    const object = { type: 'commit', sha, url: `${at}/git/commits/${sha}` };
    return { ...answer, body: Buffer.from(JSON.stringify({ ...body, object })) };
  }
  const listed = await next(readdress(asked, `${at}/commits`, `?sha=${sha}&per_page=1`));
  const [commit] = JSON.parse(listed.body.toString('utf8')) as unknown[];
  return { ...answer, body: Buffer.from(JSON.stringify({ ...body, commit })) };
}

/** The branch that a request names; null when it names none. */
function branchOf(asked: Asked): string | null {
  const { route } = asked;
  const body = isWrite(asked) ? parsed(asked.body) : {};
  const short = (ref: string) => ref.replace(/^(refs\/)?heads\//, '');
  if (route.endsWith('/branches/{branch}')) return tail(asked, 'branches');
  if (route.endsWith('/git/ref/{ref}')) return short(tail(asked, 'git/ref'));
  if (route.endsWith('/git/refs/{ref}')) return short(tail(asked, 'git/refs'));
  if (route.endsWith('/git/refs')) return typeof body['ref'] === 'string' ? short(body['ref']) : null;
  if (route === 'PUT /repos/{owner}/{repo}/contents/{path}') {
    return typeof body['branch'] === 'string' ? body['branch'] : 'main';
  }
  if (route.endsWith('/commits/{ref}')) return tail(asked, 'commits');
  if (route.endsWith('/commits')) return new URLSearchParams(asked.query).get('sha');
  return null;
}
