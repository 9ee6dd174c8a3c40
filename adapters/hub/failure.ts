// What git says of a hub that it could not work with, as one of three: out of reach, no entry, broken. The sentence stays, without
// credentials.
import { NxsError, type ErrorCode } from '../../domain/errors.js';
import { gitSentence } from '../git/failure.js';

const DENIED =
  /Permission denied|publickey|Authentication failed|could not read (?:Username|Password)|access denied|not authori[sz]ed|returned error: 40[13]|Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|dubious ownership|protected branch|pre-receive hook declined|hook declined|insufficient permission|denied to|Repository not found|returned error: 404|read-only file system/i;

const UNREACHABLE =
  /Could not resolve|Temporary failure in name resolution|Name or service not known|Connection (?:refused|reset|timed out|closed)|timed out|Network is unreachable|No route to host|Failed to connect|Couldn't connect|Empty reply|early EOF|unexpected disconnect|hung up unexpectedly|Operation too slow|transfer closed|kex_exchange|returned error: (?:5\d\d|429|408)|does not exist|does not appear to be a git repository|SSL|TLS|No space left|unable to access/i;

const DAMAGED =
  /bad object|corrupt|missing (?:blob|tree|commit|object)|not a valid object|unable to read|broken|fsck|inflate|did not send all necessary objects|invalid|mismatch/i;

/** The error of a git command at `where`. `secrets` are taken out of its sentence. */
export function hubFailure(where: string, stderr: string, secrets: readonly string[]): NxsError {
  return new NxsError(codeOf(stderr), `The hub ${where} ${verb(stderr)}: ${sentenceOf(stderr, secrets)}.`);
}

function codeOf(stderr: string): ErrorCode {
  if (DENIED.test(stderr)) return 'HUB_DENIED';
  if (UNREACHABLE.test(stderr)) return 'HUB_UNREACHABLE';
  return DAMAGED.test(stderr) ? 'HUB_DAMAGED' : 'HUB_UNREACHABLE';
}

function verb(stderr: string): string {
  const code = codeOf(stderr);
  if (code === 'HUB_DENIED') return 'does not let this node in';
  return code === 'HUB_DAMAGED' ? 'is damaged, or our copy of it' : 'cannot be reached';
}

/** ssh says why on a line of its own, before git says that it cannot read. */
function sentenceOf(stderr: string, secrets: readonly string[]): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const first = lines.find((line) => DENIED.test(line) || UNREACHABLE.test(line)) ?? '';
  let text = (first === '' ? gitSentence(stderr) : first)
    .replace(/^(fatal|error|remote): /, '')
    .replace(/\.$/, '');
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '***');
  return text.replace(/\/\/[^/@\s]+@/g, '//').slice(0, 300) || 'git says nothing';
}
