// Names that say "secret" by themselves. Such a file never leaves this machine in the clear, whatever a manifest says:
// a rule that one line of YAML can switch off protects nobody from that line.
import { foldPath } from '../paths.js';

export type SecretPathRule =
  | 'credentials-directory'
  | 'env-file'
  | 'key-file'
  | 'ssh-key'
  | 'netrc'
  | 'git-credentials'
  | 'ssh-directory'
  | 'kubeconfig';

export interface SecretPath {
  readonly rule: SecretPathRule;
  /** One phrase for a person, without the path. */
  readonly reason: string;
}

interface Rule extends SecretPath {
  readonly matches: (component: string, isName: boolean) => boolean;
}

/** `.pub` and copies of a key (`id_rsa.bak`, `id_rsa.1`, `id_rsa~`) beside the bare name. */
const KEY_NAME = /^id_[^.]*(\.(pub|bak|old|orig|save|backup|\d+))*$/;

/** What ssh-keygen calls its keys; whatever such a name ends in, it is one. */
const KNOWN_KEY = /^id_(rsa|dsa|ecdsa|ed25519|xmss)([^a-z0-9]|$)/;

const RULES: readonly Rule[] = [
  {
    rule: 'credentials-directory',
    reason: 'it is named credentials, or lies in a directory of that name',
    matches: (component) => component === 'credentials',
  },
  {
    rule: 'env-file',
    reason: 'its name begins with .env',
    matches: (component) => component.startsWith('.env'),
  },
  {
    rule: 'key-file',
    reason: 'its name ends in .pem, .key or .p12',
    matches: (component) => /\.(pem|key|p12)$/.test(component),
  },
  {
    rule: 'ssh-key',
    reason: 'it is named like an SSH key (id_…)',
    matches: (component, isName) => isName && (KEY_NAME.test(component) || KNOWN_KEY.test(component)),
  },
  { rule: 'netrc', reason: 'it is a .netrc', matches: (component) => component === '.netrc' },
  {
    rule: 'git-credentials',
    reason: 'it is a .git-credentials',
    matches: (component) => component === '.git-credentials',
  },
  {
    rule: 'ssh-directory',
    reason: 'it lies in a .ssh directory',
    matches: (component) => component === '.ssh',
  },
  {
    rule: 'kubeconfig',
    reason: 'its name has kubeconfig in it',
    matches: (component) => component.includes('kubeconfig'),
  },
];

/**
 * Why the file at a relative '/'-separated path must not leave this machine in the clear; null when its name says nothing.
 * The list is that of SYNC.md, step 5, at any depth, on the NFC and case-folded form. Narrower than written in one place:
 * `id_*` stands for names without an extension, for `.pub`, for copies, and for whatever begins with the name of a key
 * type, so that `id_map.md` is a note and `id_rsa.enc` is a key.
 */
export function secretPath(path: string): SecretPath | null {
  const components = foldPath(path).split('/');
  for (const { rule, reason, matches } of RULES) {
    const hit = components.some((component, index) => matches(component, index === components.length - 1));
    if (hit) return { rule, reason };
  }
  return null;
}
