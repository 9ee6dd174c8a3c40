// Free text on its way out of this process (a log, a terminal), without secrets. It stands at the exit and not where texts
// are made, so that a new error message, a stack or the output of a child cannot be forgotten.
import { printable } from '../domain/printable.js';
import { HIDDEN, scrubber, urlParts } from '../domain/secrets/scrubber.js';
import { everySecret } from './provenance.js';
import { hideCredentials, isSecretVariable, redactText } from './secret-text.js';

let known: { readonly count: number; readonly scrub: (text: string) => string } | null = null;

/**
 * Known secrets in all their forms, credentials by their looks, user and password of URLs: each becomes `***`. Known are
 * those of every configuration of this process, and what its environment has under a name like TOKEN or PASSWORD.
 */
export function scrubText(text: string): string {
  const secrets = everySecret();
  if (known?.count !== secrets.size)
    known = {
      count: secrets.size,
      scrub: scrubber([...secrets, ...environmentSecrets()].flatMap(withParts)),
    };
  return redactText(hideCredentials(known.scrub(text)), []);
}

/** The same for a person's terminal: it cannot be rewritten either. */
export function scrubForTerminal(text: string): string {
  return printable(scrubText(text));
}

function withParts(secret: string): readonly string[] {
  return /^https?:\/\//i.test(secret) ? [secret, ...urlParts(secret)] : [secret];
}

/** Shorter ones, and paths (`SSH_ASKPASS`), are no secrets whatever they are called. */
function environmentSecrets(): readonly string[] {
  return Object.entries(process.env).flatMap(([name, value]) =>
    isSecretVariable(name) && value !== undefined && value.length >= 8 && !value.startsWith('/')
      ? [value]
      : [],
  );
}

/** Members whose value is a secret by its name, whatever it looks like. */
const SECRET_NAME = /^(.*[-_])?(token|api[-_]?key|apikey|password|passwd|secret|authorization|cookie)$/i;
/** A log is read by people: what is longer was meant for a file of its own. */
const LONGEST_TEXT = 16_384;

/** A deep copy of plain data (what JSON can say) with every text scrubbed, and what stands under a secret's name hidden. */
export function scrubData(value: unknown, name = ''): unknown {
  if (value === null || value === undefined) return value;
  if (name !== '' && SECRET_NAME.test(name) && typeof value !== 'boolean') return HIDDEN;
  if (typeof value === 'string') return cut(scrubText(value));
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((each) => scrubData(each));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [scrubText(key), scrubData(each, key)]),
  );
}

/** Only what is clean is cut: half of a secret would not be found. */
function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
