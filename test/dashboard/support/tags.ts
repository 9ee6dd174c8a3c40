// The elements of a page of ours. Texts are escaped there, so each `<` begins a tag; anything else is an error.
import type { PageModel } from '../../../dashboard/model.js';
import { mainOf, pageOf } from '../../../dashboard/page/document.js';

export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Tag[];
}

const VOID = new Set(['input', 'link', 'meta', 'br', 'img']);
const TAG = /^<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z][\w-]*(?:="[^"<>]*")?)*)\s*(\/?)>/;
const ATTRIBUTE = /([a-z][\w-]*)(?:="([^"]*)")?/g;

/** Throws at markup that is not well formed. */
export function tagsOf(html: string): readonly Tag[] {
  const root = { name: '', attributes: new Map<string, string>(), children: [] as Tag[] };
  const open = [root];
  const text = html.replace(/^<!doctype html>/, '');
  for (let from = text.indexOf('<'); from !== -1; from = text.indexOf('<', from + 1)) {
    const [, slash, name = '', rest = '', closed] = TAG.exec(text.slice(from)) ?? wrong(text, from);
    if (slash === '/') {
      if (open.pop()?.name !== name) wrong(text, from);
      continue;
    }
    const attributes = new Map([...rest.matchAll(ATTRIBUTE)].map(([, key = '', value = '']) => [key, value]));
    const tag = { name, attributes, children: [] };
    (open.at(-1) ?? root).children.push(tag);
    if (closed === '' && !VOID.has(name)) open.push(tag);
  }
  if (open.length !== 1) wrong(text, text.length);
  return root.children;
}

/** A tag and all below it. */
export function all(tags: readonly Tag[]): readonly Tag[] {
  return tags.flatMap((tag) => [tag, ...all(tag.children)]);
}

/** Its elements and their attributes, without what stands in them. */
export function shapeOf(html: string): readonly string[] {
  return all(tagsOf(html)).map(({ name, attributes }) => [name, ...attributes.keys()].join(' '));
}

/** The whole page, as a browser gets it. */
export function pageText(model: PageModel): string {
  const chrome = {
    window: '24h',
    id: 'id',
    at: model.at,
    proof: 'proof',
    placeholder: 'placeholder',
    said: { accepted: true, sentence: 'It is done.' },
    version: 'v',
    canLogOut: true,
  } as const;
  return pageOf(model, mainOf(model, 'proof'), chrome);
}

function wrong(text: string, from: number): never {
  throw new Error(`no element of ours: ${text.slice(Math.max(0, from - 80), from + 80)}`);
}
