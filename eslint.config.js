import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const SOURCES = [
  'activities',
  'adapters',
  'api',
  'bench',
  'cli',
  'config',
  'dashboard',
  'domain',
  'drill',
  'gateway',
  'soak',
  'workers',
  'workflows',
];
const files = [...SOURCES.map((folder) => `${folder}/**/*.ts`), 'test/**/*.ts'];

// ESLint's own recommendations that the type checker does not already make.
const CORE = [
  'no-async-promise-executor',
  'no-case-declarations',
  'no-compare-neg-zero',
  'no-cond-assign',
  'no-constant-condition',
  'no-control-regex',
  'no-debugger',
  'no-dupe-else-if',
  'no-duplicate-case',
  'no-empty',
  'no-empty-character-class',
  'no-empty-pattern',
  'no-fallthrough',
  'no-irregular-whitespace',
  'no-loss-of-precision',
  'no-misleading-character-class',
  'no-prototype-builtins',
  'no-regex-spaces',
  'no-self-assign',
  'no-sparse-arrays',
  'no-unsafe-finally',
  'no-unsafe-optional-chaining',
  'no-useless-backreference',
  'no-useless-catch',
  'no-useless-escape',
  'use-isnan',
  'valid-typeof',
];
const core = Object.fromEntries(CORE.map((rule) => [rule, 'error']));

const DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a name that the importer chooses cannot be found by searching.',
};
const ENUM = {
  selector: 'TSEnumDeclaration',
  message: 'A union of string literals says the same and needs no runtime.',
};

// A shell reads what it gets as a program. Words go to a program one by one; a person's own `sh:` line is the exception.
const SHELL_NAME = '/^([/]bin[/]|[/]usr[/]bin[/])?(ba|da|z)?sh$/';
const CONSTANT = 'A line for a shell is a constant; its values come as arguments ("$1").';
const SHELL = [
  {
    selector: "Property[key.name='shell'][value.type='Literal'][value.value!=false]",
    message: 'No shell: its words are a list, or whoever can name a file can name a command.',
  },
  {
    selector:
      "ImportDeclaration[source.value='node:child_process'] ImportSpecifier[imported.name=/^exec(Sync)?$/]",
    message: 'exec() starts a shell: use execFile or spawn with a list of words.',
  },
  {
    selector: `ArrayExpression[elements.0.value=${SHELL_NAME}][elements.1.value='-c'][elements.2.type!='Literal']`,
    message: CONSTANT,
  },
  {
    selector: `CallExpression[arguments.0.value=${SHELL_NAME}][arguments.1.elements.0.value='-c'][arguments.1.elements.1.type!='Literal']`,
    message: CONSTANT,
  },
];

// What gives another answer on another machine or at another time. `Date.now` and `new Date()` are made
// deterministic by Temporal in workflows, yet the time comes in as an event there too, so both are refused.
const HOST = 'depends on the host or the moment: domain/ and workflows/ must answer the same on a replay.';
const NOW = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `new Date() ${HOST}` },
  { selector: "CallExpression[callee.name='Date']", message: `Date() ${HOST}` },
];
const LOCAL = [
  {
    selector:
      'CallExpression[callee.property.name=/^((get|set)(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds|TimezoneOffset|Year)|to(Date|Time)String|toLocale.*String|localeCompare|toLocale(Upper|Lower)Case)$/]',
    message: `The local form ${HOST} Use the UTC one, or compare code units.`,
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length>1]",
    message: `new Date(y, m, …) is in local time; it ${HOST} Use Date.UTC.`,
  },
];
const DETERMINISM = [...NOW, ...LOCAL];
const AMBIENT = [
  'process',
  'fetch',
  'console',
  'Intl',
  'performance',
  'crypto',
  'WebSocket',
  'WeakRef',
  'FinalizationRegistry',
];
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];
const globals = (names, message) => names.map((name) => ({ name, message }));
const NO_CLOCK = [
  { object: 'Date', property: 'now', message: `It ${HOST}` },
  { object: 'Math', property: 'random', message: `It ${HOST}` },
];
const NODE = {
  group: [
    'node:*',
    'fs',
    'path',
    'os',
    'child_process',
    'crypto',
    'net',
    'http',
    'https',
    'timers',
    'timers/*',
  ],
};

// One file knows which changes running workflows must not see; two spellings of one id would break them.
const PATCHING = ['patched', 'deprecatePatch'];
const PATCH_CALLS = [
  {
    selector: `ImportSpecifier[imported.name=/^(${PATCHING.join('|')})$/]`,
    message: 'Changes to running workflows are rows of workflows/patches.ts; ask patches.isNew(id).',
  },
  {
    selector: `MemberExpression[property.name=/^(${PATCHING.join('|')})$/]`,
    message: 'Changes to running workflows are rows of workflows/patches.ts; ask patches.isNew(id).',
  },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', 'test/fixtures/**', 'bench/results/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...core,
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers in a sentence are plain; an object in one is still an error.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': ['error', DEFAULT_EXPORT, ENUM],
      'max-lines': ['error', { max: 300 }],
      eqeqeq: 'error',
    },
  },
  {
    files: SOURCES.filter((folder) => folder !== 'bench').map((folder) => `${folder}/**/*.ts`),
    rules: { 'no-restricted-syntax': ['error', DEFAULT_EXPORT, ENUM, ...SHELL] },
  },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', DEFAULT_EXPORT, ENUM, ...DETERMINISM],
      'no-restricted-properties': ['error', ...NO_CLOCK],
      'no-restricted-globals': [
        'error',
        ...globals(AMBIENT, `It ${HOST}`),
        ...globals(TIMERS, 'domain/ has no clock: a time comes in as an argument.'),
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { ...NODE, message: 'domain/ is pure: hashing and I/O come in as functions.' },
            { group: ['@temporalio/*'], message: 'domain/ knows nothing of Temporal.' },
          ],
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', DEFAULT_EXPORT, ENUM, ...LOCAL, ...PATCH_CALLS],
      'no-restricted-globals': [
        'error',
        ...globals(AMBIENT, `It ${HOST}`),
        ...globals(
          TIMERS,
          'Use sleep() of @temporalio/workflow: it is named in the history and can be cancelled.',
        ),
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { ...NODE, message: 'The workflow sandbox has no Node.' },
            {
              group: ['@temporalio/*', '!@temporalio/workflow', '!@temporalio/common'],
              message: 'Workflows see @temporalio/workflow only.',
            },
            {
              group: ['**/activities/*', '!**/activities/contracts.js'],
              message: 'Workflows see the types of activities/contracts.js only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['workflows/patches.ts'],
    rules: { 'no-restricted-syntax': ['error', DEFAULT_EXPORT, ENUM, ...LOCAL] },
  },
  {
    files: ['activities/contracts.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['*'], allowTypeImports: true, message: 'contracts.ts holds types only.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test asserts that a value is there by using it; the failure names the line either way.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      // expect.any() and its like are typed `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: [
      '*.config.ts',
      'eslint.config.js',
      '.dependency-cruiser.cjs',
      'scripts/**/*.mjs',
      'test/**/*.mjs',
      'bin/nxs',
      'bin/nxs-provider',
    ],
    extends: [tseslint.configs.base],
    languageOptions: { sourceType: 'module' },
    rules: {
      ...core,
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300 }],
    },
  },
  prettier,
);
