import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

// One scratch tree with a file for each line of the layer table, cruised once with the real rules. A rule that
// is never seen to fail may be a rule that never looks: path patterns rot silently.

const ROOT = join(import.meta.dirname, '..');

interface Plant {
  readonly file: string;
  readonly source: string;
  readonly rule: string;
}

const plant = (file: string, source: string, rule: string): Plant => ({ file, source, rule });
const use = (from: string): string => `import { x } from '${from}';\nexport const y = [x];\n`;
const useType = (from: string): string => `import type { X } from '${from}';\nexport type Y = X[];\n`;

const CONTRACTS = `import { x } from '../domain/ok.js';\nimport type { X } from '../config/ok.js';\nexport const y: X[] = [x];\n`;

const VIOLATIONS: readonly Plant[] = [
  plant('domain/p1.ts', use('node:fs'), 'layer-domain'),
  plant('domain/p2.ts', use('../adapters/ok.js'), 'layer-domain'),
  plant('domain/p3.ts', use('@temporalio/workflow'), 'layer-domain'),
  plant('domain/p4.ts', use('../config/ok.js'), 'layer-domain'),
  plant('domain/p5.ts', useType('../workflows/ok.js'), 'layer-domain'),
  plant('activities/contracts.ts', CONTRACTS, 'contracts-types-only'),
  plant('activities/contracts.ts', CONTRACTS, 'layer-contracts'),
  plant('workflows/p1.ts', use('../adapters/ok.js'), 'layer-workflows'),
  plant('workflows/p2.ts', use('../config/ok.js'), 'layer-workflows'),
  plant('workflows/p3.ts', use('node:crypto'), 'layer-workflows'),
  plant('workflows/p4.ts', use('../activities/ok.js'), 'layer-workflows'),
  plant('workflows/p5.ts', use('@temporalio/client'), 'layer-workflows'),
  plant('workflows/p6.ts', use('../activities/contracts.js'), 'workflows-see-contract-types'),
  plant('workflows/p7.ts', use('../domain/p1.js'), 'sandbox-never-reaches-node'),
  plant('activities/p1.ts', use('../adapters/ok.js'), 'layer-activities'),
  plant('activities/p2.ts', use('../config/ok.js'), 'layer-activities'),
  plant('activities/p3.ts', use('../workflows/ok.js'), 'layer-activities'),
  plant('adapters/p1.ts', use('../workflows/ok.js'), 'layer-adapters'),
  plant('adapters/p2.ts', use('../activities/ok.js'), 'layer-adapters'),
  plant('adapters/p3.ts', use('../config/ok.js'), 'layer-adapters'),
  plant('adapters/git/p4.ts', use('@temporalio/client'), 'layer-adapters'),
  plant('adapters/temporal/p1.ts', use('@temporalio/worker'), 'layer-adapters-temporal'),
  plant('adapters/temporal/p2.ts', use('../../config/ok.js'), 'layer-adapters-temporal'),
  plant('config/p1.ts', use('../adapters/ok.js'), 'layer-config'),
  plant('config/p2.ts', use('@temporalio/common'), 'layer-config'),
  plant('gateway/p1.ts', use('@temporalio/client'), 'layer-gateway'),
  plant('gateway/p2.ts', use('../adapters/git/ok.js'), 'layer-gateway'),
  plant('cli/p1.ts', use('../activities/ok.js'), 'layer-cli'),
  plant('cli/p2.ts', use('../adapters/git/ok.js'), 'layer-cli'),
  plant('cli/p3.ts', use('../workflows/ok.js'), 'layer-cli'),
  plant('api/p1.ts', use('../adapters/ok.js'), 'layer-api'),
  plant('dashboard/p1.ts', use('../activities/ok.js'), 'layer-dashboard'),
  plant('dashboard/p2.ts', use('../workers/ok.js'), 'layer-dashboard'),
  plant('scripts/p1.mjs', use('zod'), 'layer-scripts'),
  plant('workers/p1.ts', use('../bench/ok.js'), 'nothing-imports-the-top'),
  plant('gateway/p3.ts', use('../soak/p1.js'), 'nothing-imports-the-top'),
  plant('soak/p1.ts', use('fast-check'), 'not-to-dev-dependency'),
  plant('workers/p2.ts', use('fast-check'), 'not-to-dev-dependency'),
  plant('workers/p3.ts', use('./gone.js'), 'not-to-unresolvable'),
  plant('domain/c1.ts', use('./c2.js'), 'no-circular'),
  plant('domain/c2.ts', use('./c1.js'), 'no-circular'),
  plant('domain/alone.ts', 'export const x = 1;\n', 'no-orphans'),
];

const ALLOWED: readonly (readonly [string, string])[] = [
  ['domain/ok.ts', use('zod')],

  ['domain/ok2.ts', use('./ok.js') + "export { default as match } from 'picomatch';\n"],
  ['workflows/ok.ts', use('@temporalio/workflow')],
  ['workflows/messages.ts', use('../domain/ok.js')],
  ['workflows/ok2.ts', useType('../activities/contracts.js')],
  ['activities/ok.ts', use('@temporalio/activity')],
  ['activities/ok2.ts', use('../domain/ok.js')],
  ['adapters/ok.ts', use('node:fs')],
  ['adapters/git/ok.ts', use('simple-git')],
  ['adapters/journal/ok.ts', use('../../domain/ok.js')],
  ['adapters/llm/ok.ts', use('node:http')],
  ['adapters/temporal/ok.ts', use('@temporalio/client')],
  ['config/ok.ts', use('yaml')],
  ['gateway/ok.ts', use('../adapters/llm/ok.js')],
  ['gateway/ok2.ts', use('../config/ok.js')],
  ['cli/ok.ts', use('../workflows/messages.js')],
  ['cli/ok2.ts', use('../adapters/journal/ok.js')],
  ['cli/ok3.ts', use('../workers/ok.js')],
  ['api/ok.ts', use('../cli/ok.js')],
  ['dashboard/ok.ts', use('../workflows/messages.js')],
  ['workers/ok.ts', use('../adapters/git/ok.js')],
  ['workers/ok2.ts', use('../activities/ok.js')],
  ['bench/ok.ts', use('fast-check')],
  ['soak/ok.ts', use('../bench/ok.js')],
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
  readonly cycle?: readonly { readonly name: string }[];
}

let violations: readonly Violation[] = [];

beforeAll(() => {
  const tree = mkdtempSync(join(tmpdir(), 'layers-'));
  for (const name of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(tree, name));
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  for (const [file, source] of [
    ...ALLOWED,
    ...VIOLATIONS.map(({ file, source }) => [file, source] as const),
  ]) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), source);
  }
  const folders = [
    ...new Set(
      [...ALLOWED, ...VIOLATIONS.map(({ file }) => [file] as const)].map(([file]) => file.split('/')[0]!),
    ),
  ];
  const cli = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cli, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  const run = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const report = JSON.parse(run.stdout) as { summary: { violations: readonly Violation[] } };
  violations = report.summary.violations;
});

// A cycle is reported once, from whichever of its files was met first.
function rulesBrokenBy(file: string): readonly string[] {
  const concerns = ({ from, cycle = [] }: Violation): boolean =>
    [from, ...cycle.map(({ name }) => name)].includes(file);
  return violations.filter(concerns).map((violation) => violation.rule.name);
}

describe('the layer table', () => {
  it.each(VIOLATIONS)('catches $file by $rule', ({ file, rule }) => {
    expect(rulesBrokenBy(file)).toContain(rule);
  });

  it.each(ALLOWED)('lets %s import what its layer may', (file) => {
    expect(rulesBrokenBy(file)).toEqual([]);
  });

  it('has a planted violation for each of its rules', async () => {
    const config = (await import(join(ROOT, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: readonly { name: string }[] };
    };
    const planted = new Set(VIOLATIONS.map(({ rule }) => rule));
    expect(config.default.forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });
});
