import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SEARCH_ATTRIBUTES } from '../domain/ids.js';

// The file that people run on a server of their own. What can be held here is its shape: the images themselves
// start only where Docker is.

interface Service {
  readonly image: string;
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: object;
  readonly environment: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const ROOT = join(import.meta.dirname, '..');
const FILE = join(ROOT, 'docker-compose.temporal.yml');
const text = readFileSync(FILE, 'utf8');
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const { postgres, schema, server, namespace, ui } = compose.services as Record<string, Service> & {
  postgres: Service;
  schema: Service;
  server: Service;
  namespace: Service;
  ui: Service;
};
const script = (service: Service): string => service.command?.join('\n').replaceAll('$$', '$') ?? '';

describe('docker-compose.temporal.yml', () => {
  it('starts database, schema, server, namespace and UI in that order, held by health', () => {
    expect(schema.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(server.depends_on).toEqual({ schema: { condition: 'service_completed_successfully' } });
    expect(namespace.depends_on).toEqual({ server: { condition: 'service_healthy' } });
    expect(ui.depends_on).toEqual({ namespace: { condition: 'service_completed_successfully' } });
    expect(postgres.healthcheck).toBeDefined();
    expect(server.healthcheck).toBeDefined();
  });

  it('pins every image to an exact version, server and admin tools to the same one', () => {
    for (const { image } of Object.values(compose.services))
      expect(image).toMatch(/^[a-z]+(\/[a-z-]+)?:\d+\.\d+(\.\d+)?(-alpine)?$/);
    const tag = (service: Service): string | undefined => service.image.split(':')[1];
    expect(tag(server)).toBe(tag(schema));
    expect(tag(server)).toBe(tag(namespace));
    expect(text).not.toContain('auto-setup');
  });

  it('listens on loopback unless one variable says otherwise, and never shows the database', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(port).toMatch(/^\$\{TEMPORAL_BIND:-127\.0\.0\.1\}:/);
    expect(postgres.ports).toBeUndefined();
  });

  it('has no default password', () => {
    const passwords = Object.values(compose.services).flatMap((service) =>
      Object.entries(service.environment).filter(([name]) => /PASSWORD|PWD/.test(name)),
    );
    expect(passwords).toHaveLength(3);
    for (const [, value] of passwords) expect(value).toMatch(/^\$\{POSTGRES_PASSWORD:\?.+\}$/);
    expect(readFileSync(join(ROOT, '.env.example'), 'utf8')).toMatch(/^POSTGRES_PASSWORD=$/m);
  });

  it('keeps the database in a named volume', () => {
    expect(postgres.volumes).toEqual(['postgres:/var/lib/postgresql/data']);
    expect(compose.volumes).toHaveProperty('postgres');
  });

  it('restarts what serves for ever and what sets up only on failure', () => {
    for (const service of [postgres, server, ui]) expect(service.restart).toBe('unless-stopped');
    for (const service of [schema, namespace]) expect(service.restart).toMatch(/^on-failure:\d+$/);
  });

  it('sets up both databases with the v12 schema through the postgres12 plugin', () => {
    expect(schema.environment['SQL_PLUGIN']).toBe('postgres12');
    expect(server.environment['DB']).toBe('postgres12');
    expect(script(schema)).toContain('/etc/temporal/schema/postgresql/v12/$2/versioned');
    expect(script(schema)).toMatch(/migrate temporal temporal\nmigrate temporal_visibility visibility/);
    expect(server.environment).toMatchObject({
      DBNAME: 'temporal',
      VISIBILITY_DBNAME: 'temporal_visibility',
    });
  });

  it('registers the namespace with 7 days of retention and exactly our search attributes', () => {
    expect(script(namespace).match(/--retention 7d/g)).toHaveLength(2);
    const registered = [...script(namespace).matchAll(/^attribute (\w+) (\w+)$/gm)].map(([, name, type]) => [
      name,
      type,
    ]);
    expect(Object.fromEntries(registered)).toEqual(SEARCH_ATTRIBUTES);
  });

  it.each(['schema', 'namespace'] as const)('has a script in %s that a POSIX shell can read', (name) => {
    const run = spawnSync('sh', ['-n'], { input: script(compose.services[name]!), encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
  });

  it('is accepted by docker compose itself', (context) => {
    const run = composeConfig({ POSTGRES_PASSWORD: 'only-for-this-test' });
    if (run === null) return context.skip('neither `docker compose` nor `docker-compose` is installed');
    expect([run.status, run.stderr]).toEqual([0, '']);
    const services = (parse(run.stdout) as { services: Record<string, unknown> }).services;
    expect(Object.keys(services).sort()).toEqual(Object.keys(compose.services).sort());
  });

  it('is refused by docker compose without a password, in one sentence', (context) => {
    const run = composeConfig({});
    if (run === null) return context.skip('neither `docker compose` nor `docker-compose` is installed');
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain('set it in .env beside this file');
  });
});

// In a folder of its own: a developer's .env beside the file would fill in the password.
function composeConfig(env: Readonly<Record<string, string>>): SpawnSyncReturns<string> | null {
  const candidates = [['docker', 'compose'], ['docker-compose']] as const;
  const found = candidates.find(
    ([program, ...args]) => spawnSync(program, [...args, 'version']).status === 0,
  );
  if (found === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  copyFileSync(FILE, join(folder, 'docker-compose.temporal.yml'));
  const [program, ...args] = found;
  return spawnSync(program, [...args, '-f', 'docker-compose.temporal.yml', 'config'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}
