// What a secret looks like inside a file. Each rule is as narrow as the real thing is: a false hit keeps somebody's notes
// out of their backup, and that is how such a rule gets switched off.
import { assignedSecrets, type Place } from './assigned.js';
import { isJwtHeader } from './jwt.js';
import { looksRandom, variety } from './random.js';

export const SECRET_RULES = {
  'private-key': 'a private key',
  'aws-key': 'an AWS access key',
  'github-token': 'a GitHub token',
  'sk-key': 'an API key (sk-…)',
  'slack-token': 'a Slack token',
  'google-key': 'a Google API key',
  jwt: 'a signed token (JWT)',
  'webhook-url': 'the URL of a Slack or Discord webhook',
  'assigned-value': 'a password, token or key with its value',
} as const;

export type SecretRule = keyof typeof SECRET_RULES;

interface Rule {
  readonly rule: SecretRule;
  readonly find: (text: string) => Iterable<Place>;
}

/** No line without one of these has a secret; a cheap look that most lines end with. */
const HINT =
  /-BEGIN |---- BEGIN|PuTTY-|AGE-SECRET|A[KS]IA|gh[pousr]_|github_pat_|sk-|xox|AIza|eyJ|hooks\.slack|discord|pass|pwd|secret|token|key|credential/i;

/** PEM (PKCS, OpenSSH), PGP, ssh.com, PuTTY. */
const KEY_HEADER =
  /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----|PuTTY-User-Key-File-\d{1,2}:/g;

/** A header ends its line, or a line that a program or JSON puts together; in a sentence it goes on, or stands in quotes. */
const ENDS_LINE = /^\s*(?:$|(?:\\[nr])+["'`\s+\\,;)]*$)/;

/** Key material right behind the header, in the same line (so JSON keeps a key). */
const MATERIAL = /^(?:\\[nr]|["'\s+\\])*[A-Za-z0-9+/]{24}/;

function* privateKeys(text: string): Generator<Place> {
  for (const { 0: header, index } of text.matchAll(KEY_HEADER)) {
    const end = index + header.length;
    const rest = text.slice(end, end + 128);
    if (header.startsWith('PuTTY') || ENDS_LINE.test(rest) || MATERIAL.test(rest))
      yield { start: index, end };
  }
  yield* matches(/(?<![A-Z0-9-])AGE-SECRET-KEY-(?:[A-Z0-9]{1,8}-)?1[02-9AC-HJ-NP-Z]{50,}/g)(text);
}

function matches(pattern: RegExp, holds: (match: RegExpMatchArray) => boolean = () => true) {
  return function* (text: string): Generator<Place> {
    for (const match of text.matchAll(pattern)) {
      if (holds(match)) yield { start: match.index, end: match.index + match[0].length };
    }
  };
}

/** The last group is the random part. */
const isDrawn = (match: RegExpMatchArray): boolean => variety(match.at(-1) ?? '') >= 8;

/** In the order in which they are told, when one line has several. */
export const CONTENT_RULES: readonly Rule[] = [
  { rule: 'private-key', find: privateKeys },
  {
    rule: 'aws-key',
    find: matches(/(?<![A-Za-z0-9])A[KS]IA([A-Z2-7]{16})(?![A-Za-z0-9])/g, (match) => {
      return isDrawn(match) && !/EXAMPLE/.test(match[0]);
    }),
  },
  {
    rule: 'github-token',
    find: matches(
      /(?<![A-Za-z0-9])(?:gh[pousr]_([A-Za-z0-9]{36,255})|github_pat_([A-Za-z0-9]{22}_[A-Za-z0-9]{59}))(?![A-Za-z0-9])/g,
      (match) => variety(match[0]) >= 12,
    ),
  },
  {
    rule: 'sk-key',
    find: matches(/(?<![\w-])sk-(?:[a-z]{2,8}(?:-[a-z0-9]{2,8})?-)?([\w-]{20,300})(?![\w-])/g, (match) =>
      looksRandom(match[1] ?? '', { length: 20, bits: 3 }),
    ),
  },
  {
    rule: 'slack-token',
    find: matches(
      /(?<![A-Za-z0-9])xox[a-z](?:\.xox[a-z])?-([A-Za-z0-9-]{20,300})(?![A-Za-z0-9-])/g,
      (match) => looksRandom(match[1] ?? '', { length: 18, bits: 2.8 }),
    ),
  },
  {
    rule: 'google-key',
    find: matches(/(?<![\w-])AIza([\w-]{35})(?![\w-])/g, isDrawn),
  },
  {
    rule: 'jwt',
    find: matches(
      /(?<![\w-])(eyJ[\w-]{10,1000})\.eyJ[\w-]{8,}\.[\w-]{16,}/g,
      ([, header]) => header !== undefined && isJwtHeader(header),
    ),
  },
  {
    rule: 'webhook-url',
    find: matches(
      /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Z0-9]{8,}\/[A-Za-z0-9]{8,}\/([A-Za-z0-9/]{20,80})|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/\d{15,22}\/([\w-]{50,100})/g,
      (match) => variety(match[1] ?? match[2] ?? '') >= 8,
    ),
  },
  { rule: 'assigned-value', find: assignedSecrets },
];

/** True when a line is worth the rules. */
export function mayHold(text: string): boolean {
  return HINT.test(text);
}
