// From the YAML tree to plain values, keeping for every value where it stood. The library's own toJS forgets
// the places, and we drop keys whose variable is unset, so the two must be built together.
import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Scalar } from 'yaml';
import type { PathKey } from '../schemas/walk.js';
import { fillText, needsFilling, type Environment } from './fill.js';

/** [from, to) in the file's text. */
export type Range = readonly [number, number];

/** Where one value stands, and its parts. */
export interface Place {
  readonly range: Range;
  readonly key: Range | null;
  readonly children: ReadonlyMap<PathKey, Place>;
  /** Variables in this very value; such a value is never quoted in a report. */
  readonly variables: readonly string[];
}

export interface TreeProblem {
  readonly offset: number;
  readonly path: readonly PathKey[];
  readonly message: string;
}

export interface Tree {
  readonly value: unknown;
  readonly place: Place;
  readonly unset: readonly { readonly path: readonly PathKey[]; readonly variable: string }[];
  /** Variables that were filled in. */
  readonly used: ReadonlySet<string>;
  readonly problems: readonly TreeProblem[];
}

const NOT_GIVEN = Symbol('not given');

/** A file that unfolds to more values than this is an alias bomb or not a configuration. */
const MOST_VALUES = 20_000;
const DEEPEST = 40;
const CORE_TAG = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

interface Walk {
  readonly document: Document;
  readonly env: Environment;
  readonly unset: { path: readonly PathKey[]; variable: string }[];
  readonly used: Set<string>;
  readonly problems: TreeProblem[];
  left: number;
}

interface Built {
  readonly value: unknown;
  readonly place: Place;
}

/** Plain values of a document that parsed without errors. Maps have no prototype, so `__proto__` is a key like others. */
export function buildTree(document: Document, env: Environment): Tree {
  const walk: Walk = { document, env, unset: [], used: new Set(), problems: [], left: MOST_VALUES };
  const built = build(walk, document.contents, [], null, 0);
  const value = built.value === NOT_GIVEN ? undefined : built.value;
  return { value, place: built.place, unset: walk.unset, used: walk.used, problems: walk.problems };
}

function build(
  walk: Walk,
  node: Node | null,
  path: readonly PathKey[],
  key: Range | null,
  depth: number,
): Built {
  const range: Range = node?.range ? [node.range[0], node.range[1]] : (key ?? [0, 0]);
  const leaf = (value: unknown, variables: readonly string[] = []): Built => {
    return { value, place: { range, key, children: new Map(), variables } };
  };
  const refuse = (message: string): Built => {
    walk.problems.push({ offset: range[0], path, message });
    return leaf(NOT_GIVEN);
  };
  walk.left -= 1;
  if (walk.left === 0) return refuse('unfolds to too many values (an alias that multiplies?)');
  if (walk.left < 0) return leaf(NOT_GIVEN);
  if (depth > DEEPEST) return refuse('nested too deeply');
  if (node === null) return leaf(NOT_GIVEN);
  if (isAlias(node)) {
    const target = node.resolve(walk.document);
    if (target === undefined) return refuse('an alias (*name) needs an anchor (&name) before it');
    return { ...build(walk, target, path, key, depth + 1) };
  }
  if (node.tag !== undefined && !CORE_TAG.test(node.tag))
    return refuse('tags other than those of plain YAML are not taken');
  if (isScalar(node)) {
    const { value, variables } = scalarValue(walk, node, path);
    return leaf(value, variables);
  }
  const children = new Map<PathKey, Place>();
  if (isSeq(node)) {
    const list: unknown[] = [];
    for (const item of node.items) {
      const built = build(walk, item as Node | null, [...path, list.length], null, depth + 1);
      if (built.value === NOT_GIVEN && isScalar(item) && item.value !== null) continue;
      children.set(list.length, built.place);
      list.push(built.value === NOT_GIVEN ? null : built.value);
    }
    return { value: list, place: { range, key, children, variables: [] } };
  }
  if (!isMap(node)) return refuse('this kind of value is not taken');
  const map = Object.create(null) as Record<string, unknown>;
  for (const pair of node.items) {
    const keyNode = pair.key as Node | null;
    if (!isScalar(keyNode)) {
      const offset = keyNode?.range?.[0] ?? range[0];
      walk.problems.push({ offset, path, message: 'a key must be a plain word' });
      continue;
    }
    const name = String(keyNode.value);
    const keyRange: Range = keyNode.range ? [keyNode.range[0], keyNode.range[1]] : range;
    const built = build(walk, pair.value as Node | null, [...path, name], keyRange, depth + 1);
    children.set(name, built.place);
    if (built.value !== NOT_GIVEN) map[name] = built.value;
  }
  return { value: map, place: { range, key, children, variables: [] } };
}

interface ScalarRead {
  readonly value: unknown;
  readonly variables: readonly string[];
}

function scalarValue(walk: Walk, node: Scalar, path: readonly PathKey[]): ScalarRead {
  if (node.value === null) return { value: NOT_GIVEN, variables: [] };
  const plain = node.type === 'PLAIN' && node.tag === undefined;
  const text = typeof node.value === 'string' ? node.value : null;
  if (text === null || !needsFilling(text)) return { value: node.value, variables: [] };
  const filled = fillText(text, walk.env);
  if (filled.problem !== null) {
    walk.problems.push({ offset: node.range?.[0] ?? 0, path, message: filled.problem });
    return { value: NOT_GIVEN, variables: [] };
  }
  for (const variable of filled.used) walk.used.add(variable);
  for (const variable of filled.unset) walk.unset.push({ path, variable });
  const variables = filled.named;
  if (filled.unset.length > 0 || filled.empty) return { value: NOT_GIVEN, variables };
  return { value: plain ? retype(walk.document, filled.text) : filled.text, variables };
}

/** A plain scalar is what its text looks like, so `port: ${PORT}` is a number; quoted ones stay text. */
function retype(document: Document, text: string): unknown {
  for (const tag of document.schema.tags) {
    if (tag.collection !== undefined || tag.default !== true || tag.test?.test(text) !== true) continue;
    const resolved = tag.resolve(text, () => undefined, {});
    return isScalar(resolved) ? resolved.value : resolved;
  }
  return text;
}

/** The place at the end of a path, or the nearest one above it. `exact` is false for the latter. */
export function placeAt(
  root: Place,
  path: readonly PathKey[],
): { readonly place: Place; readonly exact: boolean } {
  let place = root;
  for (const key of path) {
    const next = place.children.get(key);
    if (next === undefined) return { place, exact: false };
    place = next;
  }
  return { place, exact: true };
}
