// Cuts GitHub's own description of its REST API (13 MB) down to what a backup destination asks for, so that the validating
// proxy is up in a second or two. Requests stay as described; replies are left out, because the replies of a test peer are
// not what is judged. A field that the description does not know becomes an error: GitHub would silently ignore it.
// Usage: cut-description.mjs FROM TO
import { readFileSync, writeFileSync } from 'node:fs';

const REPO = '/repos/{owner}/{repo}';
const PATHS = [
  '/user',
  '/user/repos',
  '/orgs/{org}/repos',
  '/rate_limit',
  REPO,
  `${REPO}/branches/{branch}`,
  `${REPO}/commits`,
  `${REPO}/commits/{ref}`,
  `${REPO}/compare/{basehead}`,
  `${REPO}/contents/{path}`,
  `${REPO}/git/blobs`,
  `${REPO}/git/blobs/{file_sha}`,
  `${REPO}/git/commits`,
  `${REPO}/git/commits/{commit_sha}`,
  `${REPO}/git/matching-refs/{ref}`,
  `${REPO}/git/ref/{ref}`,
  `${REPO}/git/refs`,
  `${REPO}/git/refs/{ref}`,
  `${REPO}/git/trees`,
  `${REPO}/git/trees/{tree_sha}`,
  `${REPO}/tarball/{ref}`,
];

const [from, to] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(from, 'utf8'));

const paths = {};
for (const path of PATHS) {
  if (whole.paths[path] === undefined) throw new Error(`GitHub's description has no ${path}`);
  paths[path] = {};
  for (const [method, operation] of Object.entries(whole.paths[path])) {
    const { operationId, parameters, requestBody } = operation;
    paths[path][method] = {
      operationId,
      parameters: inlined(parameters ?? []),
      ...(requestBody === undefined ? {} : { requestBody: closed(inlined(requestBody)) }),
      responses: { default: { description: 'anything' } },
    };
  }
}
writeFileSync(to, JSON.stringify({ openapi: whole.openapi, info: whole.info, paths }));

/** Without references and examples. */
function inlined(value) {
  if (Array.isArray(value)) return value.map(inlined);
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$ref === 'string') {
    return inlined(
      value.$ref
        .split('/')
        .slice(1)
        .reduce((node, key) => node[key], whole),
    );
  }
  const entries = Object.entries(value).filter(([key]) => key !== 'examples' && key !== 'description');
  return Object.fromEntries(entries.map(([key, each]) => [key, inlined(each)]));
}

/** Objects with named properties accept no others. */
function closed(value) {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const open = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closed(each)]));
  return open.type === 'object' && open.properties !== undefined && open.additionalProperties === undefined
    ? { ...open, additionalProperties: false }
    : open;
}
