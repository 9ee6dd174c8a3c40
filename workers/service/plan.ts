// From the configuration, as the service will read it, to what its unit has to say.
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { accountOf, type NamedAccount } from '../../adapters/service/account.js';
import { tell } from '../../adapters/service/run-manager.js';
import { cacheDirectory } from '../../adapters/temporal/artifact.js';
import { loadConfig } from '../../config/load.js';
import type { Config } from '../../config/types.js';
import { NxsError } from '../../domain/errors.js';
import { rightsOf, type Rights, type Wish } from '../../domain/service/rights.js';
import type { ServicePlan } from '../../domain/service/plan.js';
import { distDirectory } from '../dist-paths.js';
import { packageVersion } from '../package-version.js';
import type { Machine, Scope } from './place.js';

export interface PlanRequest {
  readonly scope: Scope;
  /** `--as`. */
  readonly as: string | null;
  readonly configDir: string | null;
}

export interface Planned {
  readonly plan: ServicePlan;
  readonly config: Config;
  readonly account: NamedAccount;
  readonly rights: Rights;
  /** Made before the first start, since the sandbox opens only what is there. */
  readonly directories: readonly string[];
  /** What the person should know, one sentence each. */
  readonly notes: readonly string[];
}

/** Settings that hold for the shell in which it is installed hold for the service too. No secret is among them. */
const BAKED = [
  'NXS_STATE_DIR',
  'NXS_DATA_DIR',
  'NXS_NODE',
  'NXS_TEMPORAL_CLI',
  'NXS_TEMPORAL_ADDRESS',
  'NXS_HTTP_PORT',
];
/** These are a person's, so only for the service of that person. */
const BAKED_USER = ['XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'SSH_AUTH_SOCK'];
/** The way out of this machine; one with a password in it is a secret, and stays out of the unit. */
const NETWORK = [
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
];
const HAS_PASSWORD = /:\/\/[^/]*@/;
const PATHS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Throws NxsError USAGE or CONFIG_INVALID. Writes nothing. */
export async function planService(machine: Machine, request: PlanRequest): Promise<Planned> {
  const { scope } = request;
  const account = scope === 'system' ? await otherAccount(request.as) : myAccount(machine);
  const environment = environmentOf(machine, request, account.home);
  const own = { ...environment, HOME: account.home };
  const config = await loadConfig({ env: own, tolerant: true });
  const { service } = config.nxs;
  const command = commandOf();
  const credentialsFile = scope === 'system' ? (service.credentials_file ?? null) : null;
  const cache = cacheDirectory(own);
  const plan: ServicePlan = {
    scope,
    user: scope === 'system' ? account.name : null,
    home: account.home,
    node: config.node,
    version: packageVersion(),
    command,
    environment,
    writable: writableOf(config, cache),
    stateDir: config.stateDir,
    limits: {
      memoryMax: service.memory_max,
      tasksMax: service.tasks_max,
      openFiles: service.open_files,
      cpuWeight: service.cpu_weight,
    },
    sudo: service.sudo,
    credentialsFile,
    systemd: machine.platform === 'linux' ? await systemdVersion(machine.env) : null,
    manual: join(dirname(distDirectory()), 'docs/service.md'),
  };
  refuseStrange(plan);
  const rights = rightsOf(wishesOf(config));
  return {
    plan,
    config,
    account,
    rights,
    directories: directoriesOf(config, cache),
    notes: [
      ...(await lostNotes(machine, own, config, credentialsFile)),
      ...(scope === 'user' && service.credentials_file !== undefined
        ? ['service.credentials_file counts only for a system service; .env holds the secrets of this one']
        : []),
    ],
  };
}

async function otherAccount(name: string | null): Promise<NamedAccount> {
  if (name === null)
    throw new NxsError(
      'USAGE',
      'A service of the system needs an account to run as: --as USER. One of its own: sudo useradd --system --create-home --home-dir /var/lib/nxs --shell /usr/sbin/nologin nxs',
    );
  const account = await accountOf(name);
  if (account === null)
    throw new NxsError(
      'USAGE',
      `There is no account "${name}". To make one: sudo useradd --system --create-home --home-dir /var/lib/${name} --shell /usr/sbin/nologin ${name}`,
    );
  return account;
}

function myAccount({ env }: Machine): NamedAccount {
  const { username, uid, gid } = userInfo();
  return { name: username, uid, gid, home: env['HOME'] || homedir() };
}

function environmentOf(
  { env }: Machine,
  { scope, configDir }: PlanRequest,
  home: string,
): Readonly<Record<string, string>> {
  const both = NETWORK.flatMap((name) => [name, name.toLowerCase()]);
  const names = [...BAKED, ...(scope === 'user' ? BAKED_USER : []), ...both];
  const kept = names.flatMap((name) => {
    const value = env[name] ?? '';
    // An agent below /tmp belongs to one login and is gone with it.
    const fleeting = name === 'SSH_AUTH_SOCK' && !value.startsWith('/run/');
    return value === '' || fleeting || HAS_PASSWORD.test(value) ? [] : [[name, value] as const];
  });
  const dir = configDir ?? env['NXS_CONFIG_DIR'] ?? '';
  // Node's own directory first: the one of a version manager is on no service's PATH.
  const path = [...new Set([dirname(process.execPath), ...PATHS, join(home, '.local/bin')])].join(':');
  return { PATH: path, ...(dir === '' ? {} : { NXS_CONFIG_DIR: dir }), ...Object.fromEntries(kept) };
}

function commandOf(): readonly string[] {
  const main = join(dirname(distDirectory()), 'bin/nxs');
  if (main.includes('/_npx/'))
    throw new NxsError(
      'USAGE',
      `${main} lies in the cache of npx, which npm empties: install it first (npm install -g nxs-resilience).`,
    );
  return [process.execPath, main, 'up'];
}

function writableOf(config: Config, cache: string): readonly string[] {
  const repositories = config.backup.destinations.flatMap((each) => (each.type === 'git' ? [each.path] : []));
  const remote = config.nxs.sync.remote ?? '';
  const all = [
    config.stateDir,
    config.dataDir,
    cache,
    ...repositories,
    ...(remote.startsWith('/') ? [remote] : []),
    ...config.healing.caches.paths,
    ...config.nxs.service.writable,
  ];
  const inside = (path: string) => all.some((other) => other !== path && path.startsWith(`${other}/`));
  return [...new Set(all)].filter((path) => !inside(path));
}

function directoriesOf(config: Config, cache: string): readonly string[] {
  // One that was there before and is gone now may be a disk that is not mounted: nothing is put in its place.
  const isNew = !existsSync(join(config.stateDir, 'sync'));
  return [config.stateDir, cache, ...(isNew ? [config.dataDir] : [])];
}

function wishesOf({ healing }: Config): readonly Wish[] {
  const levels = Object.entries(healing.levels).flatMap(([number, { run, sh }]) => {
    const where = `levels.${number}`;
    if (run !== undefined) return [{ where, argv: run }];
    return sh !== undefined && /\bsudo\b/.test(sh) ? [{ where, argv: ['sudo', '/bin/sh', '-c', sh] }] : [];
  });
  return [
    ...healing.services.flatMap(({ name, restart }) =>
      restart === undefined ? [] : [{ where: `services.${name}`, argv: restart }],
    ),
    ...healing.extensions.map(({ name, reload }) => ({ where: `extensions.${name}`, argv: reload })),
    ...levels,
  ];
}

/** Variables that this shell has and the service will not have. Their names only. */
async function lostNotes(
  machine: Machine,
  own: NodeJS.ProcessEnv,
  config: Config,
  credentials: string | null,
): Promise<readonly string[]> {
  const here = await loadConfig({ env: { ...machine.env, ...own }, tolerant: true }).catch(() => config);
  const set = (all: Config) => new Set(all.unset.map(({ variable }) => variable));
  const unset = credentials === null ? [...set(config)].filter((name) => !set(here).has(name)) : [];
  const proxies = NETWORK.filter((name) =>
    HAS_PASSWORD.test(machine.env[name] ?? machine.env[name.toLowerCase()] ?? ''),
  );
  return [
    ...unset.map(
      (name) =>
        `${name} is set in this shell, which a service does not see: put it into .env beside nxs.yaml (mode 0600)`,
    ),
    ...proxies.map((name) => `${name} has a password in it and was left out: docs/service.md, "Secrets"`),
  ];
}

async function systemdVersion(env: NodeJS.ProcessEnv): Promise<number | null> {
  const { out } = await tell(['systemctl', '--version'], env);
  const major = /^systemd (\d+)/.exec(out)?.[1];
  return major === undefined ? null : Number(major);
}

/** A line break would be a line of the unit. */
function refuseStrange({
  command,
  environment,
  writable,
  stateDir,
  credentialsFile,
  node,
}: ServicePlan): void {
  const words = [
    ...command,
    ...Object.values(environment),
    ...writable,
    stateDir,
    credentialsFile ?? '',
    node,
  ];
  const bad = words.find((word) => /[\n\r\0]/.test(word));
  if (bad !== undefined)
    throw new NxsError('USAGE', `${JSON.stringify(bad)} has a line break in it, which a unit cannot hold.`);
}
