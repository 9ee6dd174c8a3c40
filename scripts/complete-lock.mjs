// Some registry mirrors do not carry every platform's optional packages. A lock file made on one lacks their entries, and
// `npm ci` then refuses it everywhere. Run this after changing dependencies behind such a mirror; it only adds lines.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const SYSTEM = /(darwin|linux|win32|freebsd|openbsd|netbsd|android|sunos|aix|openharmony)/;
const PROCESSOR = /-(arm64|x64|ia32|arm|ppc64|s390x|riscv64|loong64|mips64el|wasm32)/;

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (!isLocked(path, name)) added.push([`node_modules/${name}`, platformEntry(name, version, entry)]);
  }
}
const sorted = [...Object.entries(lock.packages), ...added].sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
for (const [name, { version }] of added) console.log(`added ${name}@${version}`);

/** Node's own search: beside the dependent, then upwards. */
function isLocked(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (at === '' || !at.includes('/node_modules/'))
      return lock.packages[`node_modules/${name}`] !== undefined;
  }
}

function platformEntry(name, version, { dev, license, engines }) {
  const system = SYSTEM.exec(name);
  const processor = PROCESSOR.exec(name);
  return {
    version,
    ...(processor && { cpu: [processor[1]] }),
    ...(dev && { dev }),
    license,
    optional: true,
    ...(system && { os: [system[1]] }),
    ...(engines && { engines }),
  };
}
