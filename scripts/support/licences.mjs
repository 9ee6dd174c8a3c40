// Which licences a package may have that an installation brings along. All of these are permissive: they ask for their text to be kept,
// and nothing of the code around them.

/** SPDX identifiers. @public asked by tests through import() */
export const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  // Only data (caniuse-lite: which browser can what).
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
]);

/** Packages that name no licence in their manifest; read by a person in the version's own files. */
const READ = new Map([['unionfs', 'Unlicense']]);

/**
 * @param {readonly { name: string, licence: string | undefined }[]} packages licence: an SPDX expression
 * @returns {string[]} one sentence each for those that may not be passed on
 */
export function refusedLicences(packages) {
  return packages.flatMap(({ name, licence }) => {
    const known = licence ?? READ.get(name);
    if (known !== undefined && isAllowed(known)) return [];
    return [`${name}: ${known ?? 'no licence'} is not on the list in scripts/support/licences.mjs`];
  });
}

// The two operators that occur: every part of an AND, some part of an OR.
function isAllowed(expression) {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ')) return plain.split(' OR ').some(isAllowed);
  return plain.split(' AND ').every((part) => ALLOWED.has(part.trim()));
}
