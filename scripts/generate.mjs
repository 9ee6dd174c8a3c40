// What is made from the code: config/schema/*.json, and the marked sections
// of docs/configuration.md, docs/cli.md and docs/errors.md.
// `--check` writes nothing and fails, naming each file that is out of step.
import './support/node-version.mjs';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const { runMain, say, SetUpError } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');
const { ROOT } = await import('./support/paths.mjs');

await runMain(async () => {
  await bootstrap();
  const wanted = new Map([...(await schemas()), ...(await pages())]);
  const stale = [...wanted].filter(([file, text]) => current(file) !== text);
  if (process.argv.includes('--check')) {
    if (stale.length === 0) return;
    const names = stale.map(([file]) => file).join(', ');
    throw new SetUpError(`out of step with the code: ${names}; run \`npm run docs:generate\` and commit.`, 1);
  }
  for (const [file, text] of stale) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), text);
    say(`wrote ${file}`);
  }
});

async function schemas() {
  const { jsonSchemas } = await import('../dist/config/json-schema.js');
  return Object.entries(jsonSchemas()).map(([name, schema]) => [
    `config/schema/${name.replace(/(\.json)?$/, '.json')}`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
}

async function pages() {
  const { withReference } = await import('../dist/config/reference.js');
  const { cliReference } = await import('../dist/cli/reference.js');
  const { ERRORS } = await import('../dist/domain/errors.js');
  const configuration = 'docs/configuration.md';
  const page = withReference(current(configuration) ?? '');
  if (page === null) throw new SetUpError(`${configuration} has lost the marks around its reference.`, 1);
  return [
    [configuration, page],
    section('docs/cli.md', 'commands', cliReference()),
    section('docs/errors.md', 'errors', errorTable(ERRORS)),
  ];
}

function errorTable(errors) {
  const rows = Object.entries(errors).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = rows.map(
    ([code, { kind, exit, http, hint }]) => `| \`${code}\` | ${kind} | ${exit} | ${http} | ${hint} |`,
  );
  return ['| code | kind | exit | HTTP | what to do |', '|---|---|---|---|---|', ...lines].join('\n');
}

// Only what stands between the two marks is ours; the rest of the page is written by people.
function section(file, name, text) {
  const page = current(file) ?? '';
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new SetUpError(`${file} lacks the lines ${begin} and ${end}.`, 1);
  return [file, `${page.slice(0, from + begin.length)}\n\n${text.trim()}\n\n${page.slice(to)}`];
}

function current(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
