// Checks that several files share, run after the shapes are right.
import type * as z from 'zod';

type Context = z.core.$RefinementCtx;

/** Names are addresses: two things of one name make every command that names one ambiguous. */
export function refuseTwins(
  items: readonly { readonly name: string }[],
  path: readonly PropertyKey[],
  kind: string,
  context: Context,
): void {
  const first = new Map<string, number>();
  items.forEach((item, index) => {
    const before = first.get(item.name);
    if (before === undefined) {
      first.set(item.name, index);
      return;
    }
    const message = `is the name of ${kind} ${before + 1} already; each ${kind} needs its own`;
    context.addIssue({ code: 'custom', path: [...path, index, 'name'], message });
  });
}
