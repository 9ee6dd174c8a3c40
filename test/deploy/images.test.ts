// What the compose file says to images, held against what those images read; and the files that it mounts into them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SEARCH_ATTRIBUTES } from '../../domain/ids.js';
import { compose, ROOT, type Name, type Service } from '../support/compose-file.js';

const { schema, server, namespace, worker, prometheus, grafana } = compose.services;
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Names that each image documents, with where they were read. */
const documented = JSON.parse(read('test/fixtures/images/environment.json')) as Record<
  string,
  { readonly environment: readonly string[] }
>;

describe('the settings of the images', () => {
  it.each<readonly [Name, string]>([
    ['postgres', 'postgres'],
    ['schema', 'temporalio/admin-tools schema'],
    ['server', 'temporalio/server'],
    ['namespace', 'temporalio/admin-tools namespace'],
    ['ui', 'temporalio/ui'],
  ])('%s is told only what its image reads', (name, image) => {
    const known = documented[image]?.environment ?? [];
    const given = Object.keys(compose.services[name].environment);
    expect(given.filter((each) => !known.includes(each))).toEqual([]);
    expect(given.length).toBeGreaterThan(1);
  });

  it('server and tools use the same plugin and the databases that the schema step makes', () => {
    expect(schema.environment['SQL_PLUGIN']).toBe('postgres12');
    expect(server.environment['DB']).toBe('postgres12');
    expect(read('deploy/temporal/schema.sh')).toMatch(
      /^migrate temporal temporal\nmigrate temporal_visibility visibility$/m,
    );
    expect(server.environment).toMatchObject({
      DBNAME: 'temporal',
      VISIBILITY_DBNAME: 'temporal_visibility',
    });
  });

  it('what a container reads of ours is mounted there, and is in this repository', () => {
    const named = (service: Service): string[] =>
      JSON.stringify([service.entrypoint, service.command, service.environment]).match(
        /\/etc\/nxs-[\w./-]+/g,
      ) ?? [];
    const paths = [schema, server, namespace, prometheus, grafana].flatMap((service) =>
      named(service).map((path) => {
        const mount = service.volumes?.find((each) =>
          each.includes(`:/${path.split('/').slice(1, 3).join('/')}:ro`),
        );
        const [from = '?', to = '?'] = mount?.split(':') ?? [];
        return join(ROOT, from, path.slice(to.length));
      }),
    );
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the steps', () => {
  it.each(['schema', 'namespace'])('%s.sh can be read by a POSIX shell', (name) => {
    const run = spawnSync('sh', ['-n', join(ROOT, `deploy/temporal/${name}.sh`)], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
  });

  it('register the namespace with 7 days of retention and exactly our search attributes', () => {
    const script = read('deploy/temporal/namespace.sh');
    expect(script.match(/--retention 7d/g)).toHaveLength(2);
    const registered = [...script.matchAll(/^attribute (\w+) (\w+)$/gm)].map(([, name, type]) => [
      name,
      type,
    ]);
    expect(Object.fromEntries(registered)).toEqual(SEARCH_ATTRIBUTES);
  });
});

describe('monitoring', () => {
  it('scrapes the nodes, with the token that the container writes, and the server where it serves its metrics', () => {
    const config = parse(read('deploy/prometheus/prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: {
        job_name: string;
        authorization?: { credentials_file: string };
        static_configs?: { targets: string[] }[];
      }[];
    };
    const job = (name: string) => config.scrape_configs.find(({ job_name }) => job_name === name);
    // The alert rules name this job.
    expect(read('deploy/prometheus/nxs-alerts.yml')).toContain('job="nxs"');
    expect(prometheus.command?.join()).toContain(`> ${job('nxs')?.authorization?.credentials_file ?? '?'}`);
    const [port] = /\d+$/.exec(server.environment['PROMETHEUS_ENDPOINT'] ?? '') ?? [];
    expect(job('temporal')?.static_configs).toEqual([{ targets: [`server:${port ?? '?'}`] }]);
    expect(config.rule_files).toEqual(['/etc/nxs-prometheus/nxs-alerts.yml']);
  });

  it('lists nodes by names that they answer to', () => {
    const [{ targets }] = parse(read('deploy/prometheus/nodes.yml')) as [{ targets: string[] }];
    const { http } = parse(read('deploy/worker/nxs.yaml')) as {
      http: { port: number; allowed_hosts: string[] };
    };
    expect(targets).toEqual([`${http.allowed_hosts[0] ?? '?'}:${String(http.port)}`]);
    expect(worker.ports?.[0]).toMatch(new RegExp(`:${String(http.port)}$`));
  });

  it('promtool takes the configuration as Prometheus would', (context) => {
    const args = ['check', 'config', '--syntax-only', join(ROOT, 'deploy/prometheus/prometheus.yml')];
    const run = spawnSync('promtool', args, { encoding: 'utf8' });
    if (run.error !== undefined) return context.skip('promtool is not installed (Debian package prometheus)');
    expect([run.status, run.stdout]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it('gives Grafana our Prometheus and our dashboard', () => {
    const sources = parse(read('deploy/grafana/provisioning/datasources/prometheus.yml')) as {
      datasources: { url: string; isDefault: boolean }[];
    };
    expect(sources.datasources).toMatchObject([{ url: 'http://prometheus:9090', isDefault: true }]);
    const boards = parse(read('deploy/grafana/provisioning/dashboards/nxs.yml')) as {
      providers: { type: string; options: { path: string } }[];
    };
    expect(boards.providers).toMatchObject([{ type: 'file', options: { path: '/etc/nxs-grafana' } }]);
    expect(grafana.volumes).toContain('./deploy/grafana:/etc/nxs-grafana:ro');
  });
});
