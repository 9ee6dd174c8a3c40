// Small trees and versions for tests of the rules: contents are texts, and object ids are theirs.
import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';
import { mergeFile, type MergeTools } from '../../../../domain/sync/merge-file.js';
import type { Stamp, Strategy, Tree, Version } from '../../../../domain/sync/model.js';
import { reconcile, type Plan, type ReconcileInput } from '../../../../domain/sync/reconcile.js';
import { sha256 } from './logs.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

export const oidOf = (text: string): string => blobId(bytesOf(text));

function version(text: string, mode: Version['mode'] = '100644'): Version {
  return { oid: oidOf(text), mode, size: bytesOf(text).length };
}

const TOOLS: MergeTools = {
  blobId,
  digest: sha256,
  decode: (bytes) => {
    if (bytes.slice(0, 8192).includes(0)) return null;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return null;
    }
  },
  encode: bytesOf,
  parsesYaml: (text) => parseDocument(text).errors.length === 0,
};

/** Texts by path; `!x` is the text `x` in an executable file. */
export type Texts = Readonly<Record<string, string>>;

export interface Scene {
  readonly base?: Texts;
  readonly local?: Texts;
  readonly hub?: Texts;
  readonly strategy?: Strategy;
  readonly joining?: boolean;
  /** The local version is the later one. */
  readonly localLater?: boolean;
  readonly held?: readonly string[];
  readonly covers?: (path: string) => boolean;
  /** Texts of starter files. */
  readonly starters?: readonly string[];
  /** Texts that the hub ever had, by path. */
  readonly ever?: Readonly<Record<string, readonly string[]>>;
}

const EARLY: Stamp = { l: Date.UTC(2026, 2, 4, 8), c: 0, node: 'edge' };
const LATE: Stamp = { l: Date.UTC(2026, 2, 5, 9), c: 0, node: 'home' };

const stored = (text: string): Version =>
  text.startsWith('!') ? version(text.slice(1), '100755') : version(text);

export function treeOf(texts: Texts = {}): Tree {
  return new Map(Object.entries(texts).map(([path, text]) => [path, stored(text)]));
}

/** All that a scene's plan is made of. */
export function inputOf(scene: Scene): ReconcileInput {
  const { base, local, hub, strategy = 'replace', localLater = true } = scene;
  const texts = [base, local, hub].flatMap((each) => Object.values(each ?? {}));
  const contents = new Map(
    texts.map((text) => [stored(text).oid, bytesOf(text.startsWith('!') ? text.slice(1) : text)]),
  );
  return {
    ...{ base: treeOf(base), local: treeOf(local), hub: treeOf(hub) },
    held: new Set(scene.held),
    strategyOf: () => strategy,
    covers: scene.covers ?? (() => true),
    joining: scene.joining ?? false,
    starterIds: new Set(scene.starters?.map(oidOf)),
    everHeld: scene.ever === undefined ? null : historyOf(scene.ever),
    localStamp: () => (localLater ? { ...LATE, node: 'here' } : { ...EARLY, node: 'here' }),
    hubStamp: () => (localLater ? EARLY : LATE),
    bytes: (oid) => {
      const bytes = contents.get(oid);
      if (bytes === undefined) throw new Error(`nobody has ${oid}`);
      return bytes;
    },
    forgotten: new Set(),
    merge: (input) => mergeFile(input, TOOLS),
  };
}

function historyOf(ever: Readonly<Record<string, readonly string[]>>) {
  return new Map(Object.entries(ever).map(([path, texts]) => [path, new Set(texts.map(oidOf))]));
}

/** The texts of a scene and of what a plan made, by object id. */
function textsOf(scene: Scene, plan: Plan): ReadonlyMap<string, string> {
  const all = [scene.base, scene.local, scene.hub].flatMap((each) => Object.values(each ?? {}));
  const known = new Map(all.map((text) => [stored(text).oid, text.replace(/^!/, '')]));
  for (const wanted of [...plan.publish.values(), ...plan.apply.values()])
    if (wanted !== null && 'bytes' in wanted) known.set(wanted.oid, new TextDecoder().decode(wanted.bytes));
  return known;
}

export interface Outcome {
  readonly plan: Plan;
  /** Both sides after the plan was done. */
  readonly local: Texts;
  readonly hub: Texts;
  /** Rule and path of each note. */
  readonly told: readonly string[];
  /** Side, path and text of each loser. */
  readonly lost: readonly string[];
}

/** Makes and does the plan of a scene. */
export function played(scene: Scene): Outcome {
  const plan = reconcile(inputOf(scene));
  const texts = textsOf(scene, plan);
  const after = (before: Texts | undefined, changes: Plan['apply']): Texts => {
    const result = new Map(Object.entries(before ?? {}));
    for (const [path, wanted] of changes) {
      if (wanted === null) result.delete(path);
      else result.set(path, `${wanted.mode === '100755' ? '!' : ''}${texts.get(wanted.oid) ?? '?'}`);
    }
    return Object.fromEntries([...result].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return {
    plan,
    local: after(scene.local, plan.apply),
    hub: after(scene.hub, plan.publish),
    told: plan.notes.map(({ rule, path }) => `${rule} ${path}`),
    lost: plan.losers.map(({ side, path, version: { oid } }) => `${side} ${path} ${texts.get(oid) ?? '?'}`),
  };
}
