// Which file counts: each of the six falls back on its own along the chain of directories. A file that is there
// but cannot be read stops its search: falling back past it would silently run on somebody else's settings.
import { join } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { SCHEMAS, type FileName } from './files.js';
import { fileFinding, type Finding, type Source } from './report/finding.js';
import type { FileOrigin } from './types.js';
import { readText } from './yaml/read.js';
import { syntaxSentence } from './yaml/syntax.js';

export interface Located {
  readonly name: FileName;
  readonly origin: FileOrigin;
  /** Permission bits of the file. */
  readonly mode: number;
  readonly source: Source;
  /** Null when the file does not parse; `findings` say why. */
  readonly document: Document | null;
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
}

export type Location = Located | { readonly name: FileName; readonly findings: readonly Finding[] };

/** The first file of that name along the chain that holds anything; an empty one leaves its place to the next. */
export async function locate(name: FileName, dirs: readonly string[], packageDir: string): Promise<Location> {
  const warnings: string[] = [];
  for (const dir of dirs) {
    const path = join(dir, `${name}.yaml`);
    const read = await readText(path);
    if (read.kind === 'absent') continue;
    if (read.kind === 'bad') return { name, findings: [fileFinding(path, read.message)] };
    const parsed = parse(name, path, read.text);
    if (parsed.document !== null && parsed.document.contents === null && dir !== packageDir) {
      warnings.push(`${path} holds no keys, so the next ${name}.yaml in the chain counts.`);
      continue;
    }
    const origin: FileOrigin = { path, origin: dir === packageDir ? 'default' : 'user' };
    return { name, origin, mode: read.mode, warnings, ...parsed };
  }
  const message = `is missing, also in the package itself (searched: ${dirs.join(', ')}); install it again`;
  return { name, findings: [fileFinding(`${name}.yaml`, message)] };
}

interface Parsed {
  readonly source: Source;
  readonly document: Document | null;
  readonly findings: readonly Finding[];
}

/** At most this many syntax errors of one file are told, one a line; the later ones are mostly echoes. */
const MOST_SYNTAX_ERRORS = 5;

function parse(name: FileName, path: string, text: string): Parsed {
  const lines = new LineCounter();
  const source: Source = { path, text, lines, schema: SCHEMAS[name], root: null };
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  } catch {
    return { source, document: null, findings: [fileFinding(path, 'cannot be read as YAML')] };
  }
  const first = document.errors.filter((error, index, all) => {
    const before = all[index - 1];
    return before === undefined || lines.linePos(before.pos[0]).line !== lines.linePos(error.pos[0]).line;
  });
  const findings = first.slice(0, MOST_SYNTAX_ERRORS).map((error): Finding => {
    const offset = Math.min(error.pos[0], text.length);
    const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
    return { file: path, source, offset, path: '', message: syntaxSentence(error.code, line) };
  });
  return { source, document: findings.length > 0 ? null : document, findings };
}
