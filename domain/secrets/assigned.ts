// `password: …` and its like in YAML, JSON, .env and INI. The name alone is no secret (every config has it), and a value
// that stands for one (`${VAR}`, `changeme`, `<token>`) is how it ought to be.
import { looksRandom } from './random.js';

/** Name, separator, quote if any, value. All bounded: a line may be megabytes long. */
const ASSIGNED =
  /(?<![\w.$?&-])([\w.-]{0,64}?(?:passw(?:or)?d|passphrase|pwd|secret|token|api[ _-]?key|access[_-]?key|auth[_-]?key|credential)[\w.-]{0,32})["'`*]{0,3}[ \t]{0,8}[:=][*]{0,2}[ \t]{0,8}(?:(["'`])([^"'`\s]{12,4096})\2|([^\s"'`,;|(){}[\]<>]{12,4096})(?=[\s"'`,;|)}\]>]|$))/gi;

/** Names that speak of a secret and do not hold it. */
const ABOUT =
  /(?:file|path|dir|name|id|count|limit|size|length|type|kind|url|uri|endpoint|hash|digest|sha256|ref|env|var|at|ttl|expir\w*|format|prefix|policy|version)$/i;

/** Values that stand for one. */
const STAND_IN =
  /[$%]\{|\$\(|\{\{|\*{3}|^[$%!&<]|x{4}|\.{3}|change|example|sample|dummy|placeholder|redacted|your|todo|replace|insert|process\.env|^(?:enc|vault|op|env|file|secret|aws|gcp|sops|ref)[:[]|:\/\//i;

const PATH = /^(?:~|\.{0,2})\/[\w.-]*(?:\/|$)|^[A-Za-z]:\\/;

/** Parts of a name in a program, without quotes: `config.s3.secretKey2`. */
const MEMBER = /^[A-Za-z_]\w{0,20}(?:\.[A-Za-z_]\w{0,20})+$/;

export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where a name that speaks of a secret is given a value that looks drawn. */
export function* assignedSecrets(text: string): Generator<Place> {
  const pattern = new RegExp(ASSIGNED);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [whole, name = '', , quoted, bare = ''] = match;
    const end = match.index + whole.length;
    if (looksAssigned(name, quoted ?? bare, bare)) yield { start: match.index, end };
    // What was taken for a value may be the name of the next one: `password: client-secret: …`.
    else if (/[:=]$/.test(bare)) pattern.lastIndex = match.index + name.length;
  }
}

function looksAssigned(name: string, value: string, bare: string): boolean {
  if (ABOUT.test(name) || STAND_IN.test(value) || PATH.test(value) || MEMBER.test(bare)) return false;
  return looksRandom(value, { length: 12, bits: 3 });
}
