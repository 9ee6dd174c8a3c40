import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretScan, type SecretHit } from '../../../domain/secrets/scan.js';
import { PLANTED } from './support/planted.js';

function scan(bytes: Uint8Array | string, sizes: readonly number[] = []): SecretHit | null {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  const scanning = createSecretScan();
  let at = 0;
  for (const size of sizes) {
    scanning.update(all.subarray(at, at + size));
    at += size;
  }
  scanning.update(all.subarray(at));
  return scanning.result();
}

const WORDS =
  'the backup key of a token is read and every secret line was kept with its password in mind while disk-usage sk-learn'.split(
    ' ',
  );
const word = fc.oneof(
  fc.constantFrom(
    ...WORDS,
    '**token**',
    '`secret:`',
    'password:',
    '[link](https://example.org/a/b)',
    '2026-11-20',
  ),
  fc.string({ minLength: 1, maxLength: 9 }).map((text) => text.replace(/\s/g, '_')),
);
const prose = fc
  .array(fc.array(word, { maxLength: 14 }), { maxLength: 30 })
  .map((lines) => lines.map((words) => words.join(' ')).join('\n'));
const image = fc
  .uint8Array({ minLength: 200, maxLength: 6_000 })
  .map((bytes) => `![](data:image/png;base64,${Buffer.from(bytes).toString('base64')})`);
const kind = fc.constantFrom(...Object.keys(PLANTED));
const planted = kind.chain((rule) => (PLANTED[rule] ?? fc.constant('')).map((text) => ({ rule, text })));

describe('a secret scan', () => {
  it('finds a secret of each kind at any place in prose, in the line where it begins', () => {
    fc.assert(
      fc.property(
        prose,
        planted,
        prose,
        fc.constantFrom(' ', '\n', '\t', '\r\n'),
        (before, { rule, text }, after, glue) => {
          const hit = scan(`${before}${glue}${text}${glue}${after}`);
          expect(hit?.rule).toBe(rule);
          expect(hit?.line).toBe(`${before}${glue}`.split('\n').length);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('finds it in one endless line as well', () => {
    fc.assert(
      fc.property(planted, fc.nat(150_000), fc.nat(150_000), ({ rule, text }, before, after) => {
        const line = text.replaceAll('\n', '\\n');
        const hit = scan(`${'lorem ipsum '.repeat(before / 12)} ${line} ${'dolor sit '.repeat(after / 10)}`);
        expect(hit).toEqual({ rule, line: 1 });
      }),
      { numRuns: 120 },
    );
  });

  it('says the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        prose,
        fc.option(planted, { nil: null }),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(40), { maxLength: 60 }),
        (before, secret, bytes, sizes) => {
          const all = Buffer.concat([Buffer.from(`${before} ${secret?.text ?? ''} `), bytes]);
          expect(scan(all, sizes)).toEqual(scan(all));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('takes no prose, Markdown or picture for a secret', () => {
    fc.assert(
      fc.property(prose, fc.array(image, { maxLength: 3 }), (text, images) => {
        expect(scan(`${text}\n${images.join('\n')}`)).toBeNull();
      }),
      { numRuns: 400 },
    );
  });

  it('looks into a binary file for private keys only', () => {
    const binary = (text: string) =>
      Buffer.concat([Buffer.from([0x7f, 0, 1, 2]), Buffer.from(`\n${text}\n`)]);
    const [key = ''] = fc.sample(PLANTED['private-key'] ?? fc.constant(''), 1);
    const [token = ''] = fc.sample(PLANTED['github-token'] ?? fc.constant(''), 1);
    expect(scan(binary(token))).toBeNull();
    expect(scan(token)).not.toBeNull();
    expect(scan(binary(`${token}\n${key}`))).toEqual({ rule: 'private-key', line: 3 });
  });

  it('reads UTF-16 with its mark as the text that it is', () => {
    const [token = ''] = fc.sample(PLANTED['github-token'] ?? fc.constant(''), 1);
    expect(scan(Buffer.from(`\ufeffone\ntwo ${token}`, 'utf16le'), [1, 1, 5])).toEqual({
      rule: 'github-token',
      line: 2,
    });
  });

  it('never tells the value', () => {
    fc.assert(
      fc.property(planted, ({ text }) => {
        expect(Object.keys(scan(` ${text} `) ?? {})).toEqual(['rule', 'line']);
      }),
    );
  });

  it('keeps little of a file that has no line ends', () => {
    const scanning = createSecretScan();
    const chunk = new Uint8Array(1024 * 1024).fill(0x61);
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 32; n += 1) scanning.update(chunk);
    expect(scanning.result()).toBeNull();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(24 * 1024 * 1024);
  });
});

const drawn = (length: number): string => 'q7Rk2Vx9Lm4Tz8Bn3Wp6Hs1Jd5'.repeat(4).slice(0, length);

describe('no hit', () => {
  it.each([
    ['a variable', 'password: ${DB_PASSWORD}'],
    ['a variable with a default', 'api_key: "${API_KEY:-none-given-0a1b}"'],
    ['a command', 'token=$(pass show github/token2)'],
    ['a template', 'secret: "{{ vault.secret_1a2b3c4d }}"'],
    ['changeme', 'password: changeme1234ABcd'],
    ['stars', 'token: "***************9a"'],
    ['an angle', 'api_key: <your-api-key-0a1b2c3d4e>'],
    ['nothing', 'password: ""'],
    ['nothing at all', 'secret:'],
    ['a short one', 'password: hunter2'],
    ['an example', 'token: example-0a1b2c3d4e5f6a7b'],
    ['x', 'token: xxxxxxxxxxxxxxxx1a2b'],
    ['a budget', 'max_tokens: 128000'],
    ['a file', 'token_file: /run/secrets/gh-0a1b2c3d4e'],
    ['a path', 'password: /etc/nxs/a1b2c3d4/pw'],
    ['a URL', 'token_url: https://login.example.org/oauth2/v2a1b2c3/token'],
    ['a reference', 'secret: "vault:kv/a1b2c3d4e5f6"'],
    ['a sealed value', 'password: "ENC[AES256,data:q7Rk2Vx9Lm4T]"'],
    ['a name', 'secretName: web-tls-2024-prod'],
    ['a digest', `token_hash: ${drawn(40)}`],
    ['an expression', 'const token = createAccessTokenV2For(user)'],
    ['a member', 'secret = config.s3.secretKeyV2'],
    ['words', 'password: correct-horse-battery-staple'],
    ['a sentence', 'The token: it is read from the environment, see section 4.2.'],
    ['a date', 'token: 2026-11-20T10:00:00Z'],
    ['sk in words', 'disk-usage-report-for-2024-and-2025 and sk-learn-pipeline-with-column-transformer'],
    ['a CSS class', 'class="sk-fading-circle12 sk-circle-fade-dot-number-11"'],
    ['AWS documentation', ['AK', 'IAIOSFODNN7EXAMPLE'].join('')],
    ['a token of x', ['gh', `p_${'x'.repeat(36)}`].join('')],
    ['a short token', ['gh', `p_${drawn(20)}`].join('')],
    ['a Slack stand-in', 'xoxb-your-bot-token-goes-right-here'],
    ['a webhook stand-in', `https://hooks.slack.com/services/T00000000/B00000000/${'X'.repeat(24)}`],
    ['three dotted words', 'eyJust.eyJumping.over-the-lazy-dogs'],
    ['an unsigned token', `${Buffer.from('{"alg":"none"}').toString('base64url')}.eyJzdWIiOjF9.`],
    [
      'a header in a sentence',
      `A file that begins with ${['-----BEGIN', 'PRIVATE KEY-----'].join(' ')} is a key.`,
    ],
    ['a header in code', `grep \`${['-----BEGIN', 'PRIVATE KEY-----'].join(' ')}\``],
    ['a public key', ['-----BEGIN', 'PUBLIC KEY-----'].join(' ')],
    ['a certificate', ['-----BEGIN', 'CERTIFICATE-----'].join(' ')],
    ['an age recipient', `age1${'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.repeat(2).slice(0, 58)}`],
    ['a checksum', 'sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['a badge', `![](https://badge.example.org/x.svg?token=${drawn(40)}&amp;x=1)`],
    ['a lock file', '"integrity": "sha512-q7Rk2Vx9Lm4Tz8Bn3Wp6Hs1Jd5q7Rk2Vx9Lm4Tz8Bn3Wp6=="'],
  ])('for %s', (_name, text) => {
    expect(scan(text)).toBeNull();
  });
});
