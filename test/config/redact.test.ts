import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redact, redactText, secretsOf } from '../../config/redact.js';
import { showJson, showYaml } from '../../config/show.js';
import { makeScratch, type Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

const NXS = `
node: "\${MY_PASSWORD}"
temporal: { address: "cluster:7233", tls: {}, api_key: temporal-api-key }
http: { token: "\${NXS_HTTP_TOKEN}", public_url: "https://me:pa55@example.org/" }
sync: { remote: "https://me:hub-password@hub/x.git", token: hub-token-literal }
notify:
  - { type: webhook, format: slack, url: "https://hooks.slack.test/T1/B2/very-secret" }
  - { type: email, host: smtp.test, user: me, password: mail-password, from: a@x.test, to: [b@x.test] }
gateway: { api_key: gateway-key-literal }
`;
const ENV = { NXS_HTTP_TOKEN: 'http-token-from-env', MY_PASSWORD: 'node-name-from-password' };
const SECRETS = [
  ...Object.values(ENV),
  'temporal-api-key',
  'pa55',
  'hub-password',
  'hub-token-literal',
  'very-secret',
  'mail-password',
  'gateway-key-literal',
];

describe('showing a configuration', () => {
  it('hides every marked field, every value of a secret variable, and credentials in URLs', async () => {
    await scratch.write({ 'nxs.yaml': NXS });
    const config = await scratch.load(ENV);
    const shown = [showYaml(config), JSON.stringify(showJson(config)), JSON.stringify(redact(config))];
    for (const text of shown) {
      for (const secret of SECRETS) expect(text).not.toContain(secret);
      expect(text).toContain('https://hooks.slack.test/***');
      expect(text).toContain('https://***@hub/x.git');
    }
  });

  it('prints YAML that says where each file came from and reads back as it was', async () => {
    await scratch.write({ 'healing.yaml': 'healing: { interval: 90s }\n' });
    const config = await scratch.load();
    const text = showYaml(config);
    expect(text).toContain(`# healing.yaml: ${scratch.dir}/healing.yaml (yours)`);
    expect(text).toContain('# not set: KIMI_API_KEY (providers.yaml: providers[0].api_key)');
    expect(text).toMatch(/# backup-manifest\.yaml: .*\(default\)/);
    const section = text.slice(text.indexOf('\nhealing:'), text.indexOf('# resilience-dashboard'));
    await scratch.write({ 'healing.yaml': section });
    expect(parse(section)).toMatchObject({ healing: { interval: '90s' } });
    expect((await scratch.load()).healing).toEqual(config.healing);
  });

  it('knows the secret values, but not placeholders that would garble every log', async () => {
    await scratch.write({ 'nxs.yaml': NXS });
    const secrets = secretsOf(await scratch.load({ ...ENV, KIMI_API_KEY: 'sk-kimi' }));
    expect(secrets).toEqual(
      expect.arrayContaining(['sk-kimi', 'http-token-from-env', 'gateway-key-literal']),
    );
    expect(secrets).not.toContain('ollama');
    expect(secrets).not.toContain('lm-studio');
  });
});

describe('scrubbing a text', () => {
  it('hides known secrets, also URL-encoded and inside each other', () => {
    expect(redactText('a=p&ss/word! b=p%26ss%2Fword! c=p&ss', ['p&ss', 'p&ss/word!'])).toBe(
      'a=*** b=*** c=***',
    );
  });

  it('hides credentials in URLs, and leaves a bare ssh user', () => {
    expect(redactText('https://tok@h/x http://u:p@h ssh://git@h/x git@h:x', [])).toBe(
      'https://***@h/x http://***@h ssh://git@h/x git@h:x',
    );
  });

  it('copies other values deeply', () => {
    expect(redact({ a: ['x SECRET y'], b: null, c: 1 }, ['SECRET'])).toEqual({
      a: ['x *** y'],
      b: null,
      c: 1,
    });
  });
});
