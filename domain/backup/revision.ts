// What a person may type after `--at`, the same for every destination.

const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** An instant (epoch ms): a bare day means its end, a time without a zone is UTC. */
export type Wanted =
  | { readonly kind: 'instant'; readonly at: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'bad'; readonly reason: string };

/** Reads it. What could be taken for an option or a range by git is bad. */
export function parseAt(text: string): Wanted {
  const at = text.trim();
  if (at === '') return { kind: 'bad', reason: 'it is empty' };
  if (!DATE.test(at)) {
    if (at.startsWith('-') || /[\s\0]|\.\./.test(at)) return { kind: 'bad', reason: 'it is no revision' };
    return { kind: 'name', name: at };
  }
  const day = at.length === 10;
  const zoned = day || /(Z|[+-]\d{2}:?\d{2})$/.test(at) ? at : `${at}Z`;
  const instant = Date.parse(day ? `${at}T23:59:59.999Z` : zoned.replace(' ', 'T'));
  if (Number.isNaN(instant)) return { kind: 'bad', reason: 'it is not a date' };
  return { kind: 'instant', at: instant };
}
