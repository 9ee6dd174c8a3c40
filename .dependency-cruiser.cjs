// Who may import whom: ARCHITECTURE.md's table, one line a layer. A layer lists all that it may see; everything
// else is a violation, so a new folder or package has to be let in here by name. test/layers.test.ts plants one
// violation of each line and expects to see it caught.
const { builtinModules } = require('node:module');

// Whole names: `domain` is a Node module too, and domain/ids.ts is not.
const NODE = `^(node:)?(${builtinModules.join('|')})$`;

const own = (...folders) => folders.map((folder) => `^${folder}/`);
// Resolved to a path, or left as the bare name when the package is not installed.
const npm = (...names) => names.map((name) => `(^|/)node_modules/(@types/)?${name}(/|$)|^${name}(/|$)`);

const SOURCES =
  'activities|adapters|api|bench|cli|config|dashboard|domain|drill|gateway|soak|workers|workflows';
const TEMPORAL_CLIENT = npm('@temporalio/client', '@temporalio/common', '@grpc/grpc-js');
const ADAPTER_LIBRARIES = [
  'octokit',
  '@octokit/[^/]+',
  'simple-git',
  '@simple-git/[^/]+',
  'zod',
  'picomatch',
  'yaml',
  'pino',
  'undici',
  'proxy-from-env',
  'age-encryption',
  'tar-stream',
  'nodemailer',
  '@opentelemetry/[^/]+',
  'node-sqlite3-wasm',
];

/** @param {string} name @param {string} from @param {readonly string[]} may */
const layer = (name, from, may, comment) => ({
  name: `layer-${name}`,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: may },
});

module.exports = {
  forbidden: [
    layer(
      'domain',
      '^domain/',
      [...own('domain'), ...npm('zod', 'picomatch', 'fastest-levenshtein')],
      'Pure decisions: no Node, no Temporal, nothing above. Hashing and I/O come in as functions.',
    ),
    layer(
      'contracts',
      '^activities/contracts\\.ts$',
      own('domain'),
      'What workflows may see of the activities: types over domain types.',
    ),
    {
      name: 'contracts-types-only',
      comment: 'A value here would be bundled into the workflow sandbox.',
      severity: 'error',
      from: { path: '^activities/contracts\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },
    layer(
      'workflows',
      '^workflows/',
      [
        ...own('workflows', 'domain'),
        '^activities/contracts\\.ts$',
        ...npm('@temporalio/workflow', '@temporalio/common'),
      ],
      'Deterministic orchestration: the sandbox has no Node, no config and no adapter.',
    ),
    {
      name: 'workflows-see-contract-types',
      comment: 'Workflows know the types of activities, never a value of them.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/contracts\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sandbox-never-reaches-node',
      comment: 'Not even through a file that looks harmless: the workflow bundle would not load.',
      severity: 'error',
      from: { path: '^(domain|workflows)/' },
      to: { path: NODE, reachable: true },
    },
    layer(
      'activities',
      '^activities/',
      [...own('activities', 'domain'), ...npm('@temporalio/activity', '@temporalio/common')],
      "Temporal's side of a side effect; ports come by injection, so no adapter, no config and no Node here.",
    ),
    layer(
      'config',
      '^config/',
      [...own('config', 'domain'), NODE, ...npm('zod', 'yaml', 'dotenv', 'fastest-levenshtein')],
      'One loader; it knows the schemas and the machine, and nobody else.',
    ),
    layer(
      'adapters',
      '^adapters/(?!temporal/)',
      [...own('adapters', 'domain'), NODE, ...npm(...ADAPTER_LIBRARIES)],
      "The outside world behind the domain's ports: no Temporal, no config, no workflow, no activity.",
    ),
    layer(
      'adapters-temporal',
      '^adapters/temporal/',
      [...own('adapters', 'domain'), NODE, ...npm(...ADAPTER_LIBRARIES), ...TEMPORAL_CLIENT],
      'The only adapters that know Temporal, and only its client packages.',
    ),
    layer(
      'gateway',
      '^gateway/',
      [...own('gateway', 'domain', 'config', 'adapters/llm'), NODE, ...npm('zod', 'prom-client')],
      'LLM calls go on while Temporal is down: no Temporal on the hot path.',
    ),
    layer(
      'cli',
      '^cli/',
      [
        ...own('cli', 'domain', 'config', 'workers', 'drill', 'adapters/journal', 'adapters/temporal'),
        '^workflows/messages\\.ts$',
        NODE,
        ...TEMPORAL_CLIENT,
        ...npm('commander', 'zod', 'yaml', '@modelcontextprotocol/server'),
      ],
      'Client side of Temporal, the messages, the journal to read, and workers to start them.',
    ),
    layer(
      'api',
      '^api/',
      [...own('api', 'cli', 'config', 'domain', 'workers'), NODE],
      'The commands for programs: what can be asked, and a control plane in a process of its own.',
    ),
    layer(
      'dashboard',
      '^dashboard/',
      [
        ...own('dashboard', 'domain', 'config', 'adapters/journal', 'adapters/temporal'),
        '^workflows/messages\\.ts$',
        NODE,
        ...TEMPORAL_CLIENT,
        ...npm('zod'),
      ],
      'Reads; it starts nothing.',
    ),
    layer(
      'scripts',
      '^(scripts|bin)/',
      ['^scripts/', '(^|/)dist/', NODE, ...npm('esbuild', 'typescript')],
      'They run before anything is installed or built.',
    ),
    {
      name: 'nothing-imports-the-top',
      comment:
        'bench, drill, scripts, soak and test are started, not imported (the CLI starts drills, the soak plays with both).',
      severity: 'error',
      from: { path: `^(${SOURCES})/`, pathNot: '^(bench|drill|cli|soak)/' },
      to: { path: '^(bench|drill|scripts|soak|test)/' },
    },
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one concept, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A module that nobody needs and that needs nobody.',
      severity: 'error',
      // What a browser loads has no importer here.
      from: { orphan: true, path: `^(${SOURCES}|scripts)/`, pathNot: '^dashboard/assets/' },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      comment: 'dist/ is made by the build and may not be there yet.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '(^|/)dist/' },
    },
    {
      name: 'not-to-dev-dependency',
      comment: 'What runs in production may not need a development package.',
      severity: 'error',
      from: { path: `^(${SOURCES})/`, pathNot: '^bench/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
    },
  },
};
