// Archives, which the emulator has none of: 302 to a second address, from which a gzipped tar comes as `git archive` makes
// it. Claims that rest on this file: verification by archive sees the stored bytes, finds a rotten one, and is not fooled
// by files that .gitattributes leaves out or changes.
import { gzipSync } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { parseAttributes } from './attributes.js';
import {
  isGood,
  readdress,
  refusal,
  tail,
  type Answer,
  type Asked,
  type Layer,
  type World,
} from './layer.js';
import { globalHeader } from './pax.js';
import type { TreeEntryRow } from './store.js';

const CODELOAD = /^\/_codeload\/([^/]+\/[^/]+)\/legacy\.tar\.gz\/([0-9a-f]{40})$/;

export const archives: Layer = async (asked, next, world) => {
  if (asked.route === 'GET /repos/{owner}/{repo}/tarball/{ref}' && asked.repo !== null) {
    return world.switches.tarball ? redirect(asked, asked.repo, next) : refusal(404, 'Not Found');
  }
  const [, repo, sha] = CODELOAD.exec(asked.path) ?? [];
  return repo === undefined || sha === undefined ? next(asked) : archive(world, repo, sha);
};

async function redirect(asked: Asked, repo: string, next: Parameters<Layer>[1]): Promise<Answer> {
  const query = `?sha=${encodeURIComponent(tail(asked, 'tarball'))}&per_page=1`;
  const listed = await next(readdress(asked, `/repos/${repo}/commits`, query));
  if (!isGood(listed)) return listed;
  const [commit] = JSON.parse(listed.body.toString('utf8')) as { readonly sha: string }[];
  const address = `http://${asked.headers['host'] ?? ''}/_codeload/${repo}/legacy.tar.gz/${commit?.sha ?? ''}`;
  return { status: 302, headers: { location: address }, body: Buffer.alloc(0) };
}

async function archive(world: World, repo: string, sha: string): Promise<Answer> {
  const { rows } = world;
  if (rows.find(repo) === undefined) return refusal(404, 'Not Found');
  const commit = rows.commit(repo, sha);
  const root = `${repo.replace('/', '-')}-${sha.slice(0, 7)}`;
  const tar = pack();
  const done = collect(tar);
  try {
    const files = flatten(world, repo, commit.tree_sha);
    const rules = files.find(({ path }) => path === '.gitattributes');
    const attributes = parseAttributes(
      rules === undefined ? '' : rows.bytes(repo, rules.sha).toString('utf8'),
    );
    const mtime = new Date(commit.committer_date);
    for (const { path, mode, type, sha: oid } of files) {
      const name = `${root}/${path}`;
      if (attributes.ignored(path)) continue;
      if (type === 'tree') tar.entry({ name, mode: 0o775, type: 'directory', mtime });
      else if (mode === '120000') {
        tar.entry({
          name,
          mode: 0o777,
          type: 'symlink',
          linkname: rows.bytes(repo, oid).toString('utf8'),
          mtime,
        });
      } else {
        const bytes = attributes.archived(path, rows.bytes(repo, oid), sha);
        tar.entry({ name, mode: mode === '100755' ? 0o775 : 0o664, mtime }, bytes);
      }
    }
  } catch {
    // An object is missing: git stops in the middle of what it already sends.
    tar.destroy();
    await done.catch(() => null);
    return { status: 200, headers: {}, body: Buffer.alloc(64), wire: 'half' };
  }
  tar.finalize();
  const body = gzipSync(Buffer.concat([globalHeader(sha), await done]));
  const name = `attachment; filename=${root}.tar.gz`;
  return {
    status: 200,
    headers: { 'content-type': 'application/x-gzip', 'content-disposition': name },
    body,
  };
}

/** Directories before what they hold, root first. */
function flatten({ rows }: World, repo: string, tree: string, prefix = ''): readonly TreeEntryRow[] {
  return rows.tree(repo, tree).flatMap((entry) => {
    const path = `${prefix}${entry.path}`;
    const inside = entry.type === 'tree' ? flatten({ rows } as World, repo, entry.sha, `${path}/`) : [];
    return [{ ...entry, path }, ...inside];
  });
}

async function collect(tar: Pack): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
