// Where a hub is, out of what the config says: a directory of this machine, or a URL that git speaks to.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NxsError } from '../../domain/errors.js';

export type Address =
  | { readonly kind: 'local'; readonly path: string; readonly embedded: boolean; readonly shown: string }
  | {
      readonly kind: 'network';
      readonly protocol: 'ssh' | 'https' | 'http';
      readonly url: string;
      /** `user:password` of an http address; it never goes onto a command line. */
      readonly login: string | null;
      readonly shown: string;
    };

/** Reads `sync.remote`; null is the hub in our own directory. Throws NxsError CONFIG_INVALID for what git could not reach safely. */
export function addressOf(remote: string | null, dir: string): Address {
  if (remote === null) {
    const path = join(dir, 'hub.git');
    return { kind: 'local', path, embedded: true, shown: path };
  }
  if (remote.startsWith('/')) return { kind: 'local', path: remote, embedded: false, shown: remote };
  if (/^file:\/\//i.test(remote)) {
    const path = fileURLToPath(remote);
    return { kind: 'local', path, embedded: false, shown: path };
  }
  const scp = /^(?:([^@/\s]+)@)?([^:/\s@-][^:/\s@]*):(?!\/\/)(\S+)$/.exec(remote);
  if (scp !== null) {
    const [, , host = '', path = ''] = scp;
    return { kind: 'network', protocol: 'ssh', url: remote, login: null, shown: `${host}:${path}` };
  }
  return networkAddress(remote);
}

function networkAddress(remote: string): Address {
  const refuse = (why: string) => new NxsError('CONFIG_INVALID', `nxs.yaml: sync.remote ${why}.`);
  if (!URL.canParse(remote)) throw refuse('is neither a URL, nor HOST:PATH, nor an absolute path');
  const url = new URL(remote);
  const protocol = url.protocol.replace(/^git\+|:$/g, '');
  if (protocol !== 'ssh' && protocol !== 'https' && protocol !== 'http')
    throw refuse(`has the protocol "${protocol}"; ssh, https and file are taken`);
  if (url.hostname === '' || url.hostname.startsWith('-')) throw refuse('has no host');
  if (protocol === 'http' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
    throw refuse('would send everything in clear over the network: write https:// or ssh://');
  if (protocol === 'ssh' && url.password !== '')
    throw refuse('has a password in it, and ssh takes none from there: use sync.ssh_key');
  const shown = new URL(remote);
  shown.username = '';
  shown.password = '';
  if (protocol === 'ssh' || url.username === '')
    return { kind: 'network', protocol, url: remote, login: null, shown: shown.href };
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { kind: 'network', protocol, url: shown.href, login, shown: shown.href };
}

/** The git directory of a hub on this machine; null: there is none. */
export function gitDirectory(path: string): string | null {
  for (const each of [path, join(path, '.git')])
    if (existsSync(join(each, 'HEAD')) && isDirectory(join(each, 'objects'))) return each;
  return null;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
