// Secrets of every kind, put together when the test runs: none of them stands in this repository.
import fc from 'fast-check';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const ALNUM = UPPER + LOWER + DIGITS;

/** Characters as a random generator draws them: fast-check's own bias is for the ends of a range, `AAAA…`. */
function evenly(length: number, from: string): fc.Arbitrary<string[]> {
  return fc.noBias(fc.array(fc.constantFrom(...Array.from(from)), { minLength: length, maxLength: length }));
}

/** A drawn text of `length` characters, at least four of them digits, as any drawn one of this length has. */
function drawn(length: number, from = ALNUM): fc.Arbitrary<string> {
  return evenly(length, from)
    .map((chars) => chars.map((char, at) => (at % 5 === 2 && at < 20 ? DIGITS[at % 10] : char)).join(''))
    .filter((text) => new Set(text).size >= Math.min(12, length * 0.6) && !/x{4}/i.test(text));
}

const base32 = drawnOf(16, UPPER + '234567');
const bech32 = drawnOf(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L');

function drawnOf(length: number, from: string): fc.Arbitrary<string> {
  return evenly(length, from)
    .map((chars) => chars.join(''))
    .filter((text) => new Set(text).size >= Math.min(8, length / 2) && !text.includes('EXAMPLE'));
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

const header = (kind: string): string => ['-----BEGIN', `${kind}-----`].join(' ');

const jwt = fc
  .tuple(fc.constantFrom('HS256', 'RS256', 'EdDSA'), fc.nat(), drawn(43))
  .map(([alg, sub, signature]) =>
    [base64url(JSON.stringify({ alg, typ: 'JWT' })), base64url(JSON.stringify({ sub })), signature].join('.'),
  );

const join = (glue: string, ...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((all) => all.join(glue));

/** By rule: texts that must be found wherever they stand. */
export const PLANTED: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'private-key': fc.oneof(
    ...[
      'RSA PRIVATE KEY',
      'PRIVATE KEY',
      'OPENSSH PRIVATE KEY',
      'EC PRIVATE KEY',
      'PGP PRIVATE KEY BLOCK',
    ].map((kind) => join('\n', header(kind), drawn(64), drawn(64))),
    join('\\n', header('PRIVATE KEY'), drawn(64)).map((text) => `"${text}"`),
    join('', 'AGE-SECRET', '-KEY-', '1', bech32),
  ),
  'aws-key': join('', 'AK', 'IA', base32),
  'github-token': fc.oneof(
    ...['p', 'o', 's', 'u', 'r'].map((kind) => join('', 'gh', kind, '_', drawn(36))),
    join('', 'github', '_pat_', drawn(22), '_', drawn(59)),
  ),
  'sk-key': fc.oneof(
    join('', 's', 'k-', drawn(48)),
    join('', 's', 'k-', drawn(32, 'abcdef0123456789')),
    join('', 's', 'k-proj-', drawn(60), '_', drawn(40), '-', drawn(24)),
    join('', 's', 'k-ant-api03-', drawn(93), 'AA'),
  ),
  'slack-token': join('', 'xo', 'xb-', drawnOf(12, DIGITS + 'ab').map(digitsOnly), '-', drawn(24)),
  'google-key': join('', 'AI', 'za', drawn(35)),
  jwt,
  'webhook-url': fc.oneof(
    join(
      '',
      'https://hooks.sla',
      'ck.com/services/T',
      drawnOf(9, UPPER),
      '/B',
      drawnOf(9, UPPER),
      '/',
      drawn(24),
    ),
    join('', 'https://dis', 'cord.com/api/webhooks/112233445566778899/', drawn(68)),
  ),
  'assigned-value': fc.oneof(
    join('', 'password', ': ', drawn(16)),
    join('', 'DB_PASS', 'WORD=', drawn(20)),
    join('', '"api_', 'key": "', drawn(32), '"'),
    join('', 'client-sec', "ret: '", drawn(24), "'"),
    join('', '- API k', 'ey: `', drawn(40), '`'),
  ),
};

function digitsOnly(text: string): string {
  return text.replace(/[^0-9]/g, '7');
}
