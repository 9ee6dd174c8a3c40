// One file from its YAML tree to typed settings, or to findings. All findings of the file, not the first.
import { isMap, isScalar, type Document } from 'yaml';
import { SCHEMAS, type FileName } from './files.js';
import { expandHome } from './directories.js';
import type { Finding } from './report/finding.js';
import { issueFindings } from './report/issue.js';
import { pathText, spotOf, stepInto, type Spot } from './schemas/walk.js';
import type { Located } from './locate.js';
import { fillText, type Environment } from './yaml/fill.js';
import { buildTree, type Place, type Tree } from './yaml/tree.js';

export interface Validated {
  /** The schema's output; undefined when there are findings. */
  readonly data: unknown;
  readonly tree: Tree;
  readonly findings: readonly Finding[];
  /** Texts that stand in fields marked as secrets and were typed into the file itself. */
  readonly literalSecrets: readonly string[];
  /** The same, with a value from variables in them. */
  readonly filledSecrets: readonly string[];
}

/** Fills variables and `~`, then holds the values against the file's schema. */
export function validate(located: Located, document: Document, env: Environment, home: string): Validated {
  const tree = buildTree(document, env);
  const source = { ...located.source, root: tree.place };
  const findings: Finding[] = tree.problems.map(({ offset, path, message }) => {
    return { file: source.path, source, offset, path: pathText(path), message };
  });
  const secrets: Secrets = { literals: [], filled: [] };
  const input = prepare(tree.value ?? {}, tree.place, spotOf([source.schema]), home, secrets);
  const parsed = SCHEMAS[located.name].safeParse(input);
  if (!parsed.success) {
    const known = new Set(findings.map((finding) => finding.path));
    const more = issueFindings(parsed.error.issues, source, { ...tree, value: tree.value ?? {} });
    findings.push(...more.filter((finding) => !known.has(finding.path)));
  }
  const data = findings.length > 0 ? undefined : parsed.data;
  return { data, tree, findings, literalSecrets: secrets.literals, filledSecrets: secrets.filled };
}

interface Secrets {
  readonly literals: string[];
  readonly filled: string[];
}

/** `~` at the start of paths becomes the home directory, variables fit their fields, and secrets are collected on the way. */
function prepare(
  value: unknown,
  place: Place | null,
  spot: Spot | null,
  home: string,
  secrets: Secrets,
): unknown {
  if (typeof value !== 'object' || value === null) {
    if (spot?.secret === true && value !== null && value !== undefined) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const typed = (place?.variables ?? []).length === 0;
      (typed ? secrets.literals : secrets.filled).push(text);
    }
    if (typeof value !== 'string' || spot === null) return value;
    if (spot.localPath) return expandHome(value, home);
    return (place?.variables ?? []).length > 0 ? fit(value, spot) : value;
  }
  const part = (child: unknown, key: string | number): unknown => {
    const below = spot === null ? null : (stepInto(spot, key) ?? (spot.secret ? spot : null));
    return prepare(child, place?.children.get(key) ?? null, below, home, secrets);
  };
  if (Array.isArray(value)) return value.map((item, index) => part(item, index));
  const map = Object.create(null) as Record<string, unknown>;
  for (const [key, child] of Object.entries(value)) map[key] = part(child, key);
  return map;
}

/** Inside { } a variable must be quoted, so a text that came of one is a number or a boolean where only those are taken. */
function fit(text: string, spot: Spot): unknown {
  const types = spot.schemas.map((schema) => schema._zod.def.type);
  if (types.every((type) => type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (types.every((type) => type === 'boolean') && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

/** A top-level text of a document that is not built yet, filled as far as the environment goes; null when it gives none. */
export function peek(document: Document | null, key: string, env: Environment): string | null {
  const root = document?.contents;
  if (!isMap(root)) return null;
  const pair = root.items.find((item) => isScalar(item.key) && item.key.value === key);
  if (!isScalar(pair?.value) || typeof pair.value.value !== 'string') return null;
  const filled = fillText(pair.value.value, env);
  return filled.problem === null && filled.unset.length === 0 && filled.text !== '' ? filled.text : null;
}

/** Only for typing: the output of one file's schema. */
export type FileOutput<N extends FileName> = ReturnType<(typeof SCHEMAS)[N]['parse']>;
