import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FILE_NAMES } from '../../config/files.js';
import { jsonSchemas, schemaText } from '../../config/json-schema.js';
import { makeScratch, PACKAGE_DIR, type Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

const SEED = join(PACKAGE_DIR, 'test/fixtures/seed');

describe("the source document's files", () => {
  it('load unchanged, all three at once', async () => {
    for (const name of await readdir(SEED)) await scratch.write({ [name]: await readFile(join(SEED, name)) });
    const config = await scratch.load({ KIMI_API_KEY: 'sk-kimi' });
    expect(config.warnings).toEqual([]);
    expect(config.files.providers.origin).toBe('user');
    expect(config.providers.providers.map(({ name, timeout, retry }) => [name, timeout, retry])).toEqual([
      ['kimi-primary', 30_000, 2],
      ['lmstudio-local', 60_000, 1],
      ['ollama-local', 120_000, 1],
    ]);
    expect(config.providers.providers.map(({ location }) => location)).toEqual(['remote', 'local', 'local']);
    expect(config.sync).toMatchObject({ interval: 300_000, conflict_resolution: 'last-write-wins' });
    expect(config.sync.merge_rules.map(({ strategy }) => strategy)).toEqual([
      'append',
      'replace',
      'append-date',
    ]);
    expect(config.dashboard.panels.map(({ type }) => type)).toEqual([
      'gauge',
      'status-grid',
      'table',
      'timeline',
    ]);
  });

  it('say the same as our defaults, tasks apart', async () => {
    const ours = await scratch.load();
    for (const name of await readdir(SEED)) await scratch.write({ [name]: await readFile(join(SEED, name)) });
    const seed = await scratch.load();
    expect(seed.providers).toEqual(ours.providers);
    expect(seed.dashboard).toEqual(ours.dashboard);
    expect([...seed.sync.include, 'tasks/**']).toEqual(ours.sync.include);
  });
});

describe('the contract', () => {
  it("loads DESIGN's example keys", async () => {
    await scratch.write({
      'nxs.yaml': `
node: home
data_dir: ~/nxs
temporal: { address: "host:7233", namespace: default, tls: {}, api_key: "\${TEMPORAL_API_KEY}" }
http: { host: 127.0.0.1, port: 8787, token: "\${NXS_HTTP_TOKEN:-}" }
sync: { remote: "ssh://git@hub/nxs-state.git", branch: main }
notify:
  - { type: webhook, format: ntfy, url: "https://ntfy.sh/my-nxs" }
`,
      'backup-manifest.yaml': `
backup:
  every: 1h
  recency_limit: 2h
  destinations:
    - { name: local, type: git, path: "\${NXS_STATE_DIR}/backup.git" }
    - { name: github, type: github, owner: me, repo: nxs-backup, branch: main, token: "\${GITHUB_TOKEN}", base_url: "https://api.github.com" }
  files:
    - { local: "MEMORY.md", remote: "MEMORY.md" }
    - { local: "memory/**", remote: "memory/" }
  exclude: ["*.tmp", "*.log", "credentials/**", "cache/**"]
`,
      'healing.yaml': `
healing:
  interval: 30s
  escalation: applicable
  thresholds: { memory_warning: 70, memory_critical: 85, disk_critical: 90 }
  services:
    - { name: mihomo, probe: { type: tcp, address: "127.0.0.1:7890" }, restart: ["systemctl", "restart", "mihomo"] }
  extensions: []
  approvals: { approvers: [ops], expires_after: 30m, quorum: 1, require_signature: false }
  levels:
    1: { permission: auto }
    5: { permission: approve, run: ["systemctl", "reboot"] }
`,
    });
    const config = await scratch.load();
    expect(config.nxs.temporal).toMatchObject({
      mode: 'external',
      address: 'host:7233',
      tls: {},
      api_key: null,
    });
    expect(config.unset.map(({ file, path, variable }) => [file, path, variable])).toEqual([
      ['nxs', 'temporal.api_key', 'TEMPORAL_API_KEY'],
      ['providers', 'providers[0].api_key', 'KIMI_API_KEY'],
      ['backup-manifest', 'backup.destinations[1].token', 'GITHUB_TOKEN'],
    ]);
    expect(config.healing.levels['5']).toMatchObject({ permission: 'approve', run: ['systemctl', 'reboot'] });
    expect(config.healing.levels['6'].permission).toBe('approve');
  });
});

describe('JSON Schemas', () => {
  it('are committed as they are generated', async () => {
    const generated = Object.entries(jsonSchemas()).map(([name, schema]) => [
      `${name}.json`,
      schemaText(schema),
    ]);
    const dir = join(PACKAGE_DIR, 'config/schema');
    const committed = await Promise.all(
      (await readdir(dir)).map(async (name) => [name, await readFile(join(dir, name), 'utf8')]),
    );
    expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(generated));
  });

  it('are named by the first line of each default file', async () => {
    for (const name of FILE_NAMES) {
      const text = await readFile(join(PACKAGE_DIR, 'config', `${name}.yaml`), 'utf8');
      expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=./schema/${name}.json`);
    }
  });

  it('describe every key', () => {
    const silent: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('properties' in node) {
        for (const [key, child] of Object.entries(
          node.properties as Record<string, { description?: string }>,
        )) {
          if (!child.description) silent.push(`${path}.${key}`);
        }
      }
      for (const [key, child] of Object.entries(node)) visit(child, `${path}/${key}`);
    };
    for (const [name, schema] of Object.entries(jsonSchemas())) visit(schema, name);
    expect(silent).toEqual([]);
  });

  it('refuse unknown keys and let variables stand for numbers', () => {
    const { nxs } = jsonSchemas() as { nxs: Record<string, never> };
    expect(nxs).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'nxs.yaml',
      additionalProperties: false,
      properties: {
        http: {
          properties: { port: { anyOf: [{ type: 'integer', maximum: 65_535 }, { pattern: '\\$\\{' }] } },
        },
        retention: { properties: { journal: { default: '400d' } } },
      },
    });
  });
});
