import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { membershipYaml, recipeOf } from '../../../workers/fleet/recipe.js';
import { makeScratch, type Scratch } from '../../config/scratch.js';

let scratch: Scratch;

beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

const SECRETS = { T: 'api-key-secret-1', H: 'hub-token-secret-2' };

async function recipe(nxs: object, node = 'edge') {
  await scratch.write({ 'nxs.yaml': JSON.stringify(nxs) });
  return recipeOf(
    await scratch.load({ NXS_STATE_DIR: `${scratch.root}/state`, NXS_NODE: 'home', ...SECRETS }),
    node,
  );
}

it('has addresses and the names of secrets, never their values', async () => {
  const { lines, secrets, files, problems } = await recipe({
    temporal: {
      address: '10.0.0.9:7233',
      namespace: 'prod',
      tls: { ca: '/etc/nxs/my ca.pem' },
      api_key: '${T}',
    },
    sync: { remote: 'https://me:planted-3@git.example/hub.git', token: '${H}' },
  });
  expect(lines.join('\n')).toContain(
    "nxs fleet join --node edge --temporal 10.0.0.9:7233 --namespace prod --api-key-from TEMPORAL_API_KEY --tls-ca '/etc/nxs/my ca.pem' --hub https://git.example/hub.git --hub-token-from NXS_HUB_TOKEN",
  );
  expect(secrets).toEqual(['TEMPORAL_API_KEY', 'NXS_HUB_TOKEN']);
  expect([files, problems]).toEqual([['/etc/nxs/my ca.pem'], []]);
  expect(JSON.stringify({ lines, secrets, files })).not.toMatch(/api-key-secret|hub-token-secret|planted-3/);
  // The lines are shell that a shell understands.
  execFileSync('bash', ['-n'], { input: lines.join('\n') });
});

it('says what nobody else can reach', async () => {
  const { problems } = await recipe({});
  expect(problems.map((each) => each.slice(0, 40))).toEqual([
    'This node runs a Temporal of its own, wh',
    'The hub of this node lies in its own sta',
  ]);
  const local = await recipe({
    temporal: { address: '127.0.0.1:7233' },
    sync: { remote: 'ssh://git@hub/x.git' },
  });
  expect(local.problems).toEqual([expect.stringContaining('is on this machine')]);
});

it('becomes a configuration in which secrets are variables', async () => {
  const yaml = membershipYaml({
    node: 'edge',
    temporal: { address: 'a.example:7233', namespace: 'prod', tls: { server_name: 'x' }, keyVariable: 'T' },
    hub: { url: 'ssh://git@hub/x.git', branch: 'main', tokenVariable: null },
  });
  expect(parse(yaml)).toEqual({
    node: 'edge',
    temporal: { address: 'a.example:7233', namespace: 'prod', tls: { server_name: 'x' }, api_key: '${T}' },
    sync: { remote: 'ssh://git@hub/x.git', branch: 'main' },
  });
  await scratch.write({ 'nxs.yaml': yaml });
  expect((await scratch.load(SECRETS)).nxs.temporal).toMatchObject({ mode: 'external', api_key: SECRETS.T });
});
