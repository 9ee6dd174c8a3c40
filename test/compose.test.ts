import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compose, composeConfig, filled, ROOT, text, type Service } from './support/compose-file.js';

// The file that people run on a server of their own. What can be held here is its shape: the images themselves start only where
// Docker is. Its steps and settings are run by scripts/cluster-local.sh (test/cluster).

const { postgres, schema, server, namespace, ui, worker, prometheus, grafana } = compose.services;
const all = Object.values(compose.services);

describe('docker-compose.temporal.yml', () => {
  it('starts database, schema, server, namespace and UI in that order, held by health', () => {
    expect(schema.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(server.depends_on).toEqual({ schema: { condition: 'service_completed_successfully' } });
    expect(namespace.depends_on).toEqual({ server: { condition: 'service_healthy' } });
    expect(ui.depends_on).toEqual({ namespace: { condition: 'service_completed_successfully' } });
    expect(worker.depends_on).toEqual({ namespace: { condition: 'service_completed_successfully' } });
    expect(grafana.depends_on).toEqual({ prometheus: { condition: 'service_healthy' } });
  });

  it('says of everything that serves how one sees that it is well; of the worker its image does', () => {
    for (const service of [postgres, server, ui, prometheus, grafana])
      expect(service.healthcheck).toBeDefined();
    expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toMatch(/^HEALTHCHECK /m);
  });

  it('pins every image to an exact version, server and admin tools to the same one', () => {
    for (const { image } of all) expect(image).toMatch(/^[a-z-]+(\/[a-z-]+)?:v?\d+\.\d+(\.\d+)?(-alpine)?$/);
    const tag = (service: Service): string | undefined => service.image.split(':')[1];
    expect(tag(server)).toBe(tag(schema));
    expect(tag(server)).toBe(tag(namespace));
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(tag(worker)).toBe(version);
    expect(text).not.toContain('auto-setup');
  });

  it('listens on loopback unless a variable says otherwise, and never shows database or server metrics', () => {
    const ports = all.flatMap((service) => service.ports ?? []);
    expect(ports.map(filled).sort()).toEqual([
      '127.0.0.1:3000:3000',
      '127.0.0.1:7233:7233',
      '127.0.0.1:8233:8080',
      '127.0.0.1:8787:8787',
      '127.0.0.1:9090:9090',
    ]);
    for (const port of [...(server.ports ?? []), ...(ui.ports ?? [])])
      expect(port).toMatch(/^\$\{TEMPORAL_BIND:-127\.0\.0\.1\}:/);
    expect(postgres.ports).toBeUndefined();
    expect(server.ports).toHaveLength(1);
  });

  it('has no default for any secret', () => {
    const secrets = all.flatMap((service) =>
      Object.entries(service.environment).filter(([name]) => /PASSWORD|PWD|TOKEN/.test(name)),
    );
    expect(secrets.map(([name]) => name).sort()).toEqual([
      'GF_SECURITY_ADMIN_PASSWORD',
      'GITHUB_TOKEN',
      'NXS_HTTP_TOKEN',
      'NXS_HTTP_TOKEN',
      'POSTGRES_PASSWORD',
      'POSTGRES_PWD',
      'SQL_PASSWORD',
    ]);
    for (const [, value] of secrets)
      expect(value).toMatch(
        /^\$\{(POSTGRES_PASSWORD:\?.+|(GRAFANA_PASSWORD|NXS_HTTP_TOKEN|GITHUB_TOKEN):-)\}$/,
      );
    // Grafana's own would be "admin".
    expect(grafana.command?.[0]).toMatch(/GF_SECURITY_ADMIN_PASSWORD:\?/);
  });

  it('reads no variable that .env.example does not explain, and that file explains no other', () => {
    const read = [...text.matchAll(/\$\{([A-Z_]+)[:}]/g)].map(([, name]) => name);
    const inside = ['GF_SECURITY_ADMIN_PASSWORD'];
    const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
    const explained = [...example.matchAll(/^#?([A-Z_]+)=(.*)$/gm)];
    expect(explained.map(([, name]) => name).sort()).toEqual(
      [...new Set(read)].filter((name) => !inside.includes(name ?? '')).sort(),
    );
    const defaults = [...text.matchAll(/\$\{([A-Z_]+):-([^}]+)\}/g)].map(
      ([, name, value]) => `${name}=${value}`,
    );
    const shown = explained
      .filter(([, , value]) => value !== '')
      .map(([, name, value]) => `${name}=${value}`);
    expect([...new Set(defaults)].sort()).toEqual(shown.sort());
  });

  it('keeps what must outlive a container in named volumes', () => {
    expect(postgres.volumes).toEqual(['postgres:/var/lib/postgresql/data']);
    expect(worker.volumes).toContain('state:/var/lib/nxs');
    expect(prometheus.volumes).toContain('prometheus:/prometheus');
    expect(grafana.volumes).toContain('grafana:/var/lib/grafana');
    expect(Object.keys(compose.volumes).sort()).toEqual(['grafana', 'postgres', 'prometheus', 'state']);
  });

  it('restarts what serves for ever and what sets up only on failure', () => {
    for (const service of [postgres, server, ui, worker, prometheus, grafana])
      expect(service.restart).toBe('unless-stopped');
    for (const service of [schema, namespace]) expect(service.restart).toMatch(/^on-failure:\d+$/);
  });

  it('gives no container more rights than it came with, and every one that stays a limit of memory', () => {
    for (const service of all) {
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      expect(service.cap_drop).toEqual(['ALL']);
      if (service.restart === 'unless-stopped')
        expect(service.mem_limit).toMatch(/^\$\{[A-Z_]+_?MEMORY:-\d+[mg]\}$/);
    }
    for (const service of [schema, server, namespace, worker, prometheus])
      expect(service.read_only).toBe(true);
  });

  it('starts worker and monitoring only when their profile is asked for', () => {
    const profiles = Object.entries(compose.services).map(([name, service]) => [
      name,
      service.profiles?.join(),
    ]);
    expect(Object.fromEntries(profiles.filter(([, profile]) => profile !== undefined))).toEqual({
      worker: 'worker',
      prometheus: 'monitoring',
      grafana: 'monitoring',
    });
  });

  it.for<string>(['none', 'worker', 'monitoring'])(
    'is accepted by docker compose itself, profile %s',
    (profile, context) => {
      const run = composeConfig({ POSTGRES_PASSWORD: 'only-for-this-test' }, [profile]);
      if (run === null) return context.skip('neither `docker compose` nor `docker-compose` is installed');
      expect([run.status, run.stderr]).toEqual([0, '']);
      // The older program prints those of other profiles too.
      const { services } = parse(run.stdout) as { services: Record<string, unknown> };
      const wanted = Object.entries(compose.services).filter(
        ([, { profiles }]) => profiles === undefined || profiles.includes(profile),
      );
      expect(Object.keys(services)).toEqual(expect.arrayContaining(wanted.map(([name]) => name)));
    },
  );

  it('is refused by docker compose without a password, in one sentence', (context) => {
    const run = composeConfig({});
    if (run === null) return context.skip('neither `docker compose` nor `docker-compose` is installed');
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain('run node scripts/cluster-env.mjs');
  });
});
