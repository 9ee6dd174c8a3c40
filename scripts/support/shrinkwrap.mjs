// The packages of an installed product are those that the tests ran with: npm obeys an npm-shrinkwrap.json inside a package, while
// our package-lock.json and our `overrides` count only here.

/**
 * What the tarball's npm-shrinkwrap.json says: the lock file without development packages.
 * @param {{ packages: Record<string, any> }} lock parsed package-lock.json
 */
export function shrinkwrapOf(lock) {
  const packages = Object.entries(lock.packages)
    .filter(([, entry]) => entry.dev !== true)
    .map(([path, { devDependencies: _development, ...entry }]) => [path, entry]);
  return { ...lock, packages: Object.fromEntries(packages) };
}
