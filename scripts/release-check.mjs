// `npm run release:check [-- --out DIR]`: what has to hold before a version is published. Leaves the tarball and the SBOM in DIR.
import './support/node-version.mjs';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const { runMain, say, SetUpError } = await import('./support/say.mjs');
const { npm } = await import('./support/npm.mjs');
const { readAudit } = await import('./support/audit.mjs');
const { refusedLicences } = await import('./support/licences.mjs');
const { ROOT } = await import('./support/paths.mjs');

await runMain(async () => {
  const at = process.argv.indexOf('--out');
  const out = at < 0 ? mkdtempSync(join(tmpdir(), 'nxs-release-')) : resolve(process.argv[at + 1] ?? '.');
  mkdirSync(out, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const problems = [...pack(out), ...sbom(out, version), ...audit(), ...changelog(version)];
  say(`release: ${out}`);
  if (problems.length > 0) throw new SetUpError(`release: not ready\n  ${problems.join('\n  ')}`, 1);
  say(`release: ${version} is ready; publish the tarball with \`npm publish FILE\``);
});

function pack(out) {
  const run = npm(['pack', '--json', '--loglevel=error', '--pack-destination', out]);
  if (run.status !== 0) return [`npm pack failed: ${run.stderr.trim().split('\n').at(-1) ?? ''}`];
  // Our own build speaks on the way.
  const [packed] = JSON.parse(run.stdout.slice(run.stdout.indexOf('[')));
  const top = [...new Set(packed.files.map(({ path }) => path.split('/')[0]))].sort();
  say(
    `release: ${packed.filename}, ${packed.files.length} files, ${mb(packed.size)} packed, ${mb(packed.unpackedSize)} unpacked`,
  );
  say(`release: ${top.join(' ')}`);
  return top.includes('npm-shrinkwrap.json') ? [] : ['the tarball lacks npm-shrinkwrap.json'];
}

function sbom(out, version) {
  const run = npm(['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only']);
  if (run.status !== 0) return [`npm sbom failed: ${run.stderr.trim().split('\n').at(-1) ?? ''}`];
  const file = join(out, `nxs-resilience-${version}.cdx.json`);
  writeFileSync(file, run.stdout);
  const { components } = JSON.parse(run.stdout);
  say(`release: SBOM of ${components.length} packages`);
  return refusedLicences(components.map((each) => ({ name: each.name, licence: licenceOf(each) })));
}

function licenceOf({ licenses = [] }) {
  const [first] = licenses;
  return first?.expression ?? first?.license?.id ?? first?.license?.name;
}

function audit() {
  const found = readAudit(npm(['audit', '--omit=dev', '--json', '--fetch-retries=0']).stdout);
  if (found.kind === 'unanswered')
    say(`release: audit not done, the registry cannot be asked (${found.reason})`);
  return found.kind === 'found' ? found.lines : [];
}

function changelog(version) {
  const text = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
  return text.includes(`\n## ${version}`) ? [] : [`CHANGELOG.md has no "## ${version}"`];
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
