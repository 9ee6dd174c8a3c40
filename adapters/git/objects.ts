// Git objects that we make ourselves. Their ids are a pure function of their content, which is how a tree is
// known before it exists and rebuilt after it broke.
import { createHash } from 'node:crypto';

export type ObjectType = 'commit' | 'tree' | 'blob';

export interface GitObject {
  readonly oid: string;
  readonly type: ObjectType;
  readonly bytes: Uint8Array;
}

export function gitObject(type: ObjectType, bytes: Uint8Array): GitObject {
  return { oid: objectId(type, bytes), type, bytes };
}

/** SHA-1 over `<type> <size>\0` and the content. */
function objectId(type: string, bytes: Uint8Array): string {
  return createHash('sha1')
    .update(`${type} ${String(bytes.byteLength)}\0`)
    .update(bytes)
    .digest('hex');
}

export interface CommitFields {
  readonly tree: string;
  /** Object ids; the line that the commit goes on comes first. */
  readonly parents: readonly string[];
  readonly author: string;
  /** ISO 8601. */
  readonly at: string;
  readonly message: string;
}

/** A commit whose author and committer are `<author> <author@nxs.local>`, in UTC. */
export function commitObject(fields: CommitFields): GitObject {
  // These would end the header line early.
  const author = fields.author.replace(/[<>\r\n\0]/g, '').trim() || 'nxs';
  const stamp = `${author} <${author.replace(/\s+/g, '-')}@nxs.local> ${String(Math.floor(Date.parse(fields.at) / 1000))} +0000`;
  const lines = [
    `tree ${fields.tree}`,
    ...fields.parents.map((parent) => `parent ${parent}`),
    `author ${stamp}`,
    `committer ${stamp}`,
    '',
    fields.message.replaceAll('\0', '').replace(/\n*$/, '\n'),
  ];
  return gitObject('commit', Buffer.from(lines.join('\n')));
}
