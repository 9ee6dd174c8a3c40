// What a machine hears that wants to become a node, from a real server.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { joinChecks, rehearse, writeMembership } from '../../../workers/fleet/join.js';
import { membershipYaml, type Membership } from '../../../workers/fleet/recipe.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'nxs-join-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function checks(temporal: Partial<Membership['temporal']>, hub: string | null = null) {
  const yaml = membershipYaml({
    node: 'joiner',
    temporal: {
      address: inject('temporalAddress'),
      namespace: null,
      tls: null,
      keyVariable: null,
      ...temporal,
    },
    hub: hub === null ? null : { url: hub, branch: 'main', tokenVariable: null },
  });
  const env = { HOME: root, NXS_STATE_DIR: path.join(root, 'state'), NXS_NODE: 'joiner' };
  const found = await joinChecks(await rehearse(path.join(root, 'config'), yaml, env));
  return found.map(({ name, reading, detail }) => `${name} ${reading}: ${detail}`);
}

it('finds a cluster on which the name is free', async () => {
  expect(await checks({})).toEqual([
    `Temporal good: ${inject('temporalAddress')}, namespace default`,
    'node name good: "joiner" is free',
  ]);
});

it('names a namespace, a secret and a hub that are not there', async () => {
  expect(await checks({ namespace: 'nowhere' })).toEqual([
    `Temporal bad: there is no namespace nowhere at ${inject('temporalAddress')}`,
  ]);
  const [secret] = await checks({ keyVariable: 'NOT_GIVEN', address: '127.0.0.1:1' });
  expect(secret).toContain('secrets bad: NOT_GIVEN has no value (for temporal.api_key)');
  expect((await checks({}, path.join(root, 'no-hub.git'))).at(-1)).toContain(
    'hub bad: There is no git repository',
  );
});

it('writes its file once, for its owner alone', async () => {
  const dir = path.join(root, 'config');
  const file = await writeMembership(dir, 'node: joiner\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await expect(writeMembership(dir, 'node: other\n')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(await readFile(file, 'utf8')).toBe('node: joiner\n');
});
