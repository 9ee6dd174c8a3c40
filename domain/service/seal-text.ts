// A file that we write carries a digest of the rest of it: so we know our own text from one that a person has changed, and never
// overwrite the second.

const MARK = 'nxs-seal: ';

export type Sha256 = (text: string) => string;

/** What became of a file that we once wrote. */
export type Origin = 'ours' | 'edited' | 'foreign';

/** Puts the seal in the place of `@SEAL@`. */
export function sealed(text: string, sha256: Sha256): string {
  return text.replace('@SEAL@', MARK + sha256(text));
}

/** ours: as we left it; edited: ours, and changed since; foreign: never ours. */
export function originOf(text: string, sha256: Sha256): Origin {
  const found = /nxs-seal: ([0-9a-f]{64})/.exec(text);
  if (found === null) return 'foreign';
  return sha256(text.replace(found[0], '@SEAL@')) === found[1] ? 'ours' : 'edited';
}

/** Lines that only one of the two has; the seal's own line is passed over. */
export function differingLines(
  there: string,
  wanted: string,
): { readonly gone: readonly string[]; readonly added: readonly string[] } {
  const lines = (text: string) =>
    text.split('\n').filter((line) => line.trim() !== '' && !line.includes(MARK));
  const [old, fresh] = [lines(there), lines(wanted)];
  return {
    gone: old.filter((line) => !fresh.includes(line)),
    added: fresh.filter((line) => !old.includes(line)),
  };
}
