// Every git process gets an environment made from scratch. The user's own settings (hooks, signing, aliases,
// filters, credential helpers, a global gc) must neither change what is stored nor run anything here.

/** Settings that hold for every call, whatever the repository's own config says. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.autocrlf', 'false'],
  ['core.quotePath', 'true'],
  ['core.bigFileThreshold', '8m'],
  ['core.fsync', 'objects,derived-metadata,reference'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.ext.allow', 'never'],
  // A repository's own config may name programs. It is not always ours: a disk from elsewhere, a share, another user's directory.
  ['log.showSignature', 'false'],
  ['core.sshCommand', 'false'],
  ['core.alternateRefsCommand', 'true'],
];

/** Variables that people need for a network and that change nothing about the result. */
const PASSED =
  /^(PATH|https?_proxy|no_proxy|all_proxy|SSL_CERT_FILE|SSL_CERT_DIR|GIT_SSL_CAINFO|CURL_CA_BUNDLE)$/i;

export interface GitScope {
  /** A private, empty directory that stands in for HOME. */
  readonly home: string;
  /** The repository, named outright: git must never look for one in the directories above. */
  readonly repository: string;
  /** Extra settings of this call; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Variables beside ours; they win. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Environment of one git process (SYNC.md 4.4), and nothing of our own process beside PATH, proxies and CAs. */
export function gitEnvironment(scope: GitScope): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && PASSED.test(name)) environment[name] = value;
  }
  const settings = [...SETTINGS, ...Object.entries(scope.settings ?? {})];
  Object.assign(environment, {
    HOME: scope.home,
    XDG_CONFIG_HOME: scope.home,
    GIT_DIR: scope.repository,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    // A repository that says to be a part of another one would fetch what it lacks, by a program of its own choice. Git before 2.44
    // knows only the second of these; whoever talks to a hub names its protocol.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    // Only reflogs use these: the author of a commit comes with the change.
    GIT_COMMITTER_NAME: 'nxs',
    GIT_COMMITTER_EMAIL: 'nxs@nxs.local',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_COUNT: String(settings.length),
    ...scope.variables,
  });
  for (const [index, [key, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${String(index)}`] = key;
    environment[`GIT_CONFIG_VALUE_${String(index)}`] = value;
  }
  return environment;
}
