import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeScratch, type Scratch } from '../scratch.js';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

/** Loads one bad file and gives the report without the directory's name. */
async function report(file: string, text: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  await scratch.write({ [file]: text });
  const failure = await scratch.fail(env);
  expect(failure.error.code).toBe('CONFIG_INVALID');
  return failure.report.replaceAll(`${scratch.dir}/`, '');
}

describe('the report', () => {
  it('names file, line, column, path, what was expected and found, and points at the place', async () => {
    expect(await report('providers.yaml', 'failover:\n  mode: sequental  # by priority\n')).toBe(
      [
        'The configuration has one problem:',
        '',
        'providers.yaml:2:9: failover.mode: expected one of "sequential", "parallel", "weighted", found "sequental"; did you mean "sequential"?',
        '  2 |   mode: sequental',
        '    |         ^',
      ].join('\n'),
    );
  });

  it('tells all problems of all files at once, in reading order, in details too', async () => {
    await scratch.write({
      'healing.yaml': 'healing: { intervall: 5s }\n',
      'nxs.yaml': 'http:\n  port: 99999\nnode: "two words"\n',
      'sync-manifest.yaml': 'sync:\n\tinclude: []\n',
    });
    const { problems, error } = await scratch.fail();
    const found = problems.map((each) => [
      each.file.replace(`${scratch.dir}/`, ''),
      each.line,
      each.column,
      each.path,
    ]);
    expect(found).toEqual([
      ['nxs.yaml', 2, 9, 'http.port'],
      ['nxs.yaml', 3, 7, 'node'],
      ['sync-manifest.yaml', 2, 1, ''],
      ['healing.yaml', 1, 12, 'healing.intervall'],
    ]);
    for (const problem of problems) expect(error.message).toContain(problem.message);
  });

  it.each([
    ['nxs.yaml', 'htpp: {}\n', 'htpp: unknown key; did you mean "http"?'],
    ['providers.yaml', 'providers: [{ name: a, baseUrl: x }]\n', 'did you mean "base_url"?'],
    [
      'healing.yaml',
      'healing: { levels: { 7: {} } }\n',
      'healing.levels.7: unknown key; known here: 1, 2, 3, 4, 5, 6',
    ],
    ['nxs.yaml', 'node: 5\n', 'expected a text, found 5 (put quotes around it)'],
    ['nxs.yaml', 'http: []\n', 'http: expected a map, found a list'],
    ['nxs.yaml', 'retention: { undo: soon }\n', 'expected a duration such as "30s"'],
    ['nxs.yaml', 'notify: [{ type: webhok }]\n', 'did you mean "webhook"?'],
    ['nxs.yaml', 'notify: [{ url: "http://x" }]\n', 'notify[0].type: is required: expected one of "log"'],
    ['nxs.yaml', 'temporal: { mode: embedded, address: "h:1" }\n', 'has no effect with mode: embedded'],
    ['nxs.yaml', 'temporal: { mode: external }\n', 'temporal.address: is required with mode: external'],
    [
      'nxs.yaml',
      'temporal: { address: "h:1", tls: true }\n',
      '`tls: {}` means TLS with the system authorities',
    ],
    ['nxs.yaml', 'http: { host: 0.0.0.0 }\n', 'which needs http.token'],
    [
      'backup-manifest.yaml',
      'backup: { destinations: [{ name: gh, type: github, owner: me, repo: x, token: t, base_url: "http://ghe.lan/api/v3" }], files: [{ local: "**", remote: ./ }] }\n',
      'would send the token in clear',
    ],
    ['nxs.yaml', 'data_dir: some/where\n', 'expected an absolute path, or one that starts with ~/'],
    ['backup-manifest.yaml', 'backup: { every: 1h }\n', 'backup.files: is required: expected a list'],
    ['healing.yaml', 'healing: { thresholds: { memory_warning: 90 } }\n', 'must be below memory_critical'],
    [
      'healing.yaml',
      'healing: { approvals: { approvers: [a, a], quorum: 2 } }\n',
      'only 1 approver is named',
    ],
    ['providers.yaml', 'failover: { hedge_after: 10m }\n', 'can never engage: failover.global_timeout (5m)'],
    ['nxs.yaml', 'node: "${NODE NAME}"\n', 'expected ${VAR} or ${VAR:-default}'],
  ])('%s: %j is answered with %j', async (file, text, sentence) => {
    expect(await report(file, text)).toContain(sentence);
  });

  it('refuses limits that can never hold in a backup manifest', async () => {
    const text = await report(
      'backup-manifest.yaml',
      `backup:
  every: 3h
  recency_limit: 2h
  destinations: [{ name: a, type: git, path: /x }, { name: a, type: github, owner: o, repo: r }]
  files: [{ local: a, remote: ../b }, { local: /etc, remote: b }]
  verify: { every: 2d, within: 1d }
`,
    );
    expect(text).toContain('files[0].remote: expected a path without ".."');
    expect(text).toContain('files[1].local: expected a path relative to the data directory');
    const mended = await report(
      'backup-manifest.yaml',
      `backup:
  every: 3h
  recency_limit: 2h
  destinations: [{ name: a, type: git, path: /x }, { name: a, type: github, owner: o, repo: r }]
  files: [{ local: a, remote: b }]
  verify: { every: 2d, within: 1d }
`,
    );
    expect(mended).toContain('3:18: backup.recency_limit: is shorter than backup.every (3h)');
    expect(mended).toContain('backup.destinations[1].name: is the name of destination 1 already');
    expect(mended).toContain('backup.verify.within: is shorter than backup.verify.every (2d)');
  });

  it('says which variable is missing when a required key depends on it', async () => {
    const text = await report('providers.yaml', 'providers:\n  - { name: a, base_url: "${NOT_SET_URL}" }\n');
    expect(text).toContain(
      '2:16: providers[0].base_url: is required, but the variable NOT_SET_URL is not set',
    );
  });

  it('names the variable, not its value, when the value is wrong', async () => {
    const text = await report('nxs.yaml', 'http: { port: "${MY_PORT}" }\n', { MY_PORT: 'eighty' });
    expect(text).toContain('expected a number, found what MY_PORT gave');
    expect(text).not.toContain('eighty');
  });

  it('resolves an unquoted variable by its looks, a quoted one stays text', async () => {
    await scratch.write({ 'nxs.yaml': 'http:\n  port: ${MY_PORT}\nnode: "${MY_NODE}"\n' });
    const config = await scratch.load({ MY_PORT: '9000', MY_NODE: '123' });
    expect([config.nxs.http.port, config.nxs.node]).toEqual([9000, '123']);
  });

  it('takes a quoted variable for a number where only a number is taken', async () => {
    await scratch.write({
      'nxs.yaml': 'http: { port: "${MY_PORT}" }\n',
      'healing.yaml': 'healing: { caches: { drop_caches: "${DROP:-true}" } }\n',
    });
    const config = await scratch.load({ MY_PORT: '9000' });
    expect([config.nxs.http.port, config.healing.caches.drop_caches]).toEqual([9000, true]);
    expect(await report('nxs.yaml', 'http: { port: "9000" }\n')).toContain('expected a number, found "9000"');
  });
});

describe('broken YAML', () => {
  it.each([
    ['a tab', 'healing:\n\tinterval: 5s\n', '2:1: a tab is used for indentation'],
    ['a key twice', 'healing: {}\nhealing: {}\n', '2:1: this key stands twice'],
    ['an open quote', 'healing: { escalation: "literal }\n', 'a character is missing'],
    ['a second document', 'healing: {}\n---\nhealing: {}\n', 'a second document begins here'],
    ['an alias without anchor', 'healing: *nothing\n', 'an alias (*name) needs an anchor'],
    ['a bare variable in braces', 'healing: { interval: ${X} }\n', 'put quotes around "${…}"'],
    ['a strange tag', 'healing: !!binary aGk=\n', 'tags other than those of plain YAML are not taken'],
    ['a map as key', 'healing:\n  ? { a: b }\n  : c\n', 'a key must be a plain word'],
    ['a list at the top', '- 1\n', 'expected a map, found a list'],
    ['bare words', 'healing\n', 'expected a map, found "healing"'],
    ['a prototype', '__proto__: { a: 1 }\n', 'unknown key'],
  ])('%s: one clear sentence', async (_name, text, sentence) => {
    expect(await report('healing.yaml', text)).toContain(sentence);
  });

  it('stops an alias bomb', async () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [above, here] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi']) {
      lines.push(`${here}: &${here} [${Array(9).fill(`*${above}`).join(', ')}]`);
    }
    expect(await report('healing.yaml', lines.join('\n'))).toContain('unfolds to too many values');
  });

  it('stops nesting without end', async () => {
    expect(await report('healing.yaml', `healing: ${'['.repeat(5000)}`)).toContain('healing.yaml');
    expect(await report('healing.yaml', `healing: ${'['.repeat(60)}${']'.repeat(60)}`)).toContain(
      'nested too deeply',
    );
  });

  it('takes anchors and aliases that are meant well', async () => {
    await scratch.write({
      'healing.yaml':
        'healing:\n  services:\n    - { name: a, probe: &p { type: tcp, address: "h:1" } }\n    - { name: b, probe: *p }\n',
    });
    const { services } = (await scratch.load()).healing;
    expect(services.map((each) => each.probe)).toEqual([services[0]?.probe, services[0]?.probe]);
    expect(join(scratch.dir, 'healing.yaml')).toBe((await scratch.load()).files.healing.path);
  });
});

describe('secrets in reports', () => {
  const SECRET = 'correct-horse-battery';

  it.each([
    ['a wrong kind', `gateway: { api_key: [${SECRET}], lane: no }\n`],
    ['another problem on the line', `http: { token: "${SECRET}", port: no }\n`],
    ['a mistyped key', `http: { tokn: "${SECRET}" }\n`],
    ['an open quote', `http: { token: "${SECRET} }\n`],
    ['no space after the colon', `http:\n  token:${SECRET}\n  port: 1\n`],
    ['a comment', `http: { port: no } # was ${SECRET}\n`],
    ['a secret in a map', `http: { token: { ${SECRET}: 1 } }\n`],
    ['a webhook', `notify: [{ type: webhook, url: "https://hooks.test/${SECRET}", format: no }]\n`],
    ['an anchor', `http: &${SECRET} { port: no }\n`],
  ])('%s: the value never shows', async (_name, text) => {
    const shown = await report('nxs.yaml', text);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain('battery');
  });

  it('keeps the caret under its place when values before it are hidden', async () => {
    const shown = await report('nxs.yaml', `http: { token: "${SECRET}", port: no }\n`);
    expect(shown).toContain('  1 | http: { token: "***", port: no }\n    |                             ^');
  });
});
