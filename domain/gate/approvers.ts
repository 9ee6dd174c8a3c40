// Who is who. People type their names by hand, so case, outer blanks and the form of an accent make nobody another person:
// neither one who is not on the list, nor a second one who brings an approval over the quorum.

/** As the configuration has them: a name, or a name with the public key that its signatures are checked with. */
export type Approver = string | { readonly name: string; readonly key?: string | null | undefined };

export interface KnownApprover {
  /** As the configuration spells it. */
  readonly name: string;
  /** Public key; null: this person cannot sign. */
  readonly key: string | null;
}

/** Do the two names mean one person? A blank one means nobody, and is nobody's. */
export function sameName(a: string, b: string): boolean {
  const key = nameKey(a);
  return key !== '' && key === nameKey(b);
}

/** The first of that name, or null. */
export function findApprover(list: readonly Approver[], by: string): KnownApprover | null {
  for (const each of list) {
    const known = typeof each === 'string' ? { name: each, key: null } : each;
    if (sameName(known.name, by)) return { name: known.name, key: known.key ?? null };
  }
  return null;
}

/** People on the list; a name that is there twice is one. */
export function countPeople(list: readonly string[]): number {
  return new Set(list.map(nameKey).filter((key) => key !== '')).size;
}

/** The form in which names are compared. Up and down again also folds what has no lower case of its own (`ſ`). */
function nameKey(name: string): string {
  return name.normalize('NFC').trim().toUpperCase().toLowerCase().normalize('NFC');
}
