// What all parts of the hub adapter share: the settings, our bare copy as a git store, and the environment of git's processes.
import { join } from 'node:path';
import type { CancelSignal } from '../../domain/backup/ports.js';
import type { GitCall } from '../git/process.js';
import { callOn, type GitStore } from '../git/store.js';
import type { Address } from './address.js';

export interface HubSettings {
  /** `<state>/sync`. */
  readonly dir: string;
  /** `sync.remote`; null: the hub in `dir`. */
  readonly remote: string | null;
  readonly branch: string;
  /** Private key file for ssh; null: the agent, or ssh's own choice. */
  readonly sshKey: string | null;
  /** For https; null: none. */
  readonly token: string | null;
  readonly knownHosts: 'accept-new' | 'strict';
}

export interface Place {
  readonly settings: HubSettings;
  readonly address: Address;
  /** Our copy. */
  readonly copy: GitStore;
}

/** Names that HFS+, NTFS or a careless tool would trip over: we refuse them path by path, so that one cannot block all. */
const TOLERATED = [
  'hasDot',
  'hasDotdot',
  'hasDotgit',
  'fullPathname',
  'emptyName',
  'gitmodulesName',
  'gitmodulesUrl',
  'gitmodulesPath',
  'gitmodulesParse',
  'gitmodulesBlob',
  'gitmodulesSymlink',
  'gitattributesSymlink',
  'zeroPaddedFilemode',
  'largePathname',
];

export function placeOf(settings: HubSettings, address: Address): Place {
  const { dir, branch } = settings;
  const copy: GitStore = {
    name: 'sync',
    path: join(dir, 'repo.git'),
    branch,
    gitHome: join(dir, 'git-home'),
    where: `our copy of the hub (${join(dir, 'repo.git')})`,
    scope: { settings: copySettings(), variables: { GIT_LITERAL_PATHSPECS: '1' } },
  };
  return { settings, address, copy };
}

function copySettings(): Record<string, string> {
  return {
    'core.eol': 'lf',
    'core.symlinks': 'false',
    'commit.gpgSign': 'false',
    'push.gpgSign': 'false',
    'submodule.recurse': 'false',
    'fetch.fsckObjects': 'true',
    'fetch.unpackLimit': '100',
    ...Object.fromEntries(TOLERATED.map((name) => [`fetch.fsck.${name}`, 'warn'])),
  };
}

/** What git is told as the place of the hub. */
export function remoteOf({ address }: Place): string {
  return address.kind === 'local' ? address.path : address.url;
}

/** A command that talks to the hub: the one protocol of its address, our key or token, nobody's helper. */
export function callHub(place: Place, args: readonly string[], signal?: CancelSignal): GitCall {
  const { settings, address, copy } = place;
  const call = callOn(copy, args, signal);
  const protocol = address.kind === 'local' ? 'file' : address.protocol;
  const variables: Record<string, string> = { ...call.scope.variables, GIT_ALLOW_PROTOCOL: protocol };
  if (protocol === 'ssh') {
    variables['GIT_SSH_COMMAND'] = sshCommand(settings);
    const agent = process.env['SSH_AUTH_SOCK'];
    if (agent !== undefined) variables['SSH_AUTH_SOCK'] = agent;
  }
  const extra: Record<string, string> = {
    'credential.helper': '',
    'http.followRedirects': 'false',
    'http.lowSpeedLimit': '1',
    'http.lowSpeedTime': '60',
  };
  const login = loginOf(place);
  if (address.kind === 'network' && login !== null) {
    const basic = Buffer.from(login).toString('base64');
    extra[`http.${new URL(address.url).origin}/.extraHeader`] = `Authorization: Basic ${basic}`;
  }
  const scope = { ...call.scope, variables, settings: { ...call.scope.settings, ...extra } };
  return { ...call, scope, where: address.shown };
}

/** What an http hub is told of who we are: the token, else what the address says; null: nothing. */
export function loginOf({ settings: { token }, address }: Place): string | null {
  if (address.kind !== 'network' || address.protocol === 'ssh') return null;
  return token === null ? address.login : `x-access-token:${token}`;
}

/** Never asks anything. A key never seen before is pinned in our own file, so that the user's stays as it is. */
function sshCommand({ dir, sshKey, knownHosts }: HubSettings): string {
  const options = [
    'BatchMode=yes',
    `StrictHostKeyChecking=${knownHosts === 'strict' ? 'yes' : 'accept-new'}`,
    'ConnectTimeout=10',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=4',
    `UserKnownHostsFile="${join(dir, 'known_hosts')}" "~/.ssh/known_hosts"`,
    ...(sshKey === null ? [] : ['IdentitiesOnly=yes', `IdentityFile="${sshKey}"`]),
  ];
  return ['ssh', ...options.map((option) => `-o ${quoted(option)}`)].join(' ');
}

/** For the shell that git hands the command to. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
