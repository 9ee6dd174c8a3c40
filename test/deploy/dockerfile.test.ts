// The Dockerfile as far as it can be held without an engine; test/deploy/image.long.test.ts follows its lines.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compose, ROOT } from '../support/compose-file.js';

const { SOURCE_FOLDERS } = (await import(join(ROOT, 'scripts/support/paths.mjs'))) as {
  readonly SOURCE_FOLDERS: string[];
};
const { worker } = compose.services;
const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const lines = (name: string) =>
  [...text.matchAll(new RegExp(`^${name} (.+)$`, 'gm'))].map(([, rest]) => rest ?? '');

/** What is copied from this repository. */
const copied = lines('COPY')
  .filter((rest) => !rest.startsWith('--from'))
  .flatMap((rest) => rest.split(' ').slice(0, -1));

describe('the Dockerfile', () => {
  it('stands on one exact version of Node with glibc, one that the package supports', () => {
    const bases = new Set(lines('FROM').map((rest) => rest.split(' ')[0]));
    expect([...bases]).toEqual([expect.stringMatching(/^node:20\.\d+\.\d+-\w+-slim$/)]);
  });

  it('builds from every folder that is compiled, and copies only what there is', () => {
    expect(copied).toEqual(expect.arrayContaining(SOURCE_FOLDERS));
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('lets nothing into the image but what it copies', () => {
    const rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    const allowed = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
    expect(rules.find((rule) => !rule.startsWith('#'))).toBe('*');
    const covered = (path: string) => allowed.some((rule) => path === rule || path.startsWith(`${rule}/`));
    expect(copied.filter((path) => !covered(path))).toEqual([]);
    const idle = allowed.filter(
      (rule) => !copied.some((path) => path === rule || path.startsWith(`${rule}/`)),
    );
    expect(idle).toEqual([]);
    expect(rules).toContain('**/.env');
  });

  it('runs as a user without rights, under a first process that reaps, in UTC, and knows whether it is well', () => {
    expect(lines('USER')).toEqual(['node']);
    expect(text.lastIndexOf('USER node')).toBeGreaterThan(text.lastIndexOf('\nRUN '));
    expect(lines('ENTRYPOINT')).toEqual(['["tini", "--", "node", "/app/bin/nxs"]']);
    expect(lines('ENV')).toContain('TZ=UTC');
    expect(text).toMatch(/^HEALTHCHECK [^]*\/healthz/m);
  });

  it('has its state, data and configuration where the compose file mounts them', () => {
    const environment = Object.fromEntries(lines('ENV').map((rest) => rest.split('=') as [string, string]));
    const mounted = (worker.volumes ?? []).map((each) => /:(\/[\w/]+)(:ro)?$/.exec(each)?.[1]);
    expect(mounted).toEqual(['/var/lib/nxs', environment['NXS_DATA_DIR'], environment['NXS_CONFIG_DIR']]);
    for (const name of ['NXS_STATE_DIR', 'HOME']) expect(environment[name]).toMatch(/^\/var\/lib\/nxs\//);
    expect(Object.keys(worker.build?.args ?? {})).toEqual(lines('ARG').map((rest) => rest.split('=')[0]));
  });
});
