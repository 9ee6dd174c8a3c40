// From a node that is there to the settings of one that comes: addresses and names travel in the clear, secrets as variables to fill.
import { stringify } from 'yaml';
import type { Config } from '../../config/types.js';

/** What a new node has to know. Nothing of it is secret. */
export interface Membership {
  readonly node: string;
  /** Null: it runs a Temporal of its own. */
  readonly temporal: {
    readonly address: string;
    readonly namespace: string | null;
    /** `ca`, `cert`, `key`: files on the new machine. Null: plain text. */
    readonly tls: {
      readonly ca?: string;
      readonly cert?: string;
      readonly key?: string;
      readonly server_name?: string;
    } | null;
    /** Name of the variable that holds the API key; null: none is asked for. */
    readonly keyVariable: string | null;
  } | null;
  /** Null: the hub of its own. */
  readonly hub: {
    readonly url: string;
    readonly branch: string;
    readonly tokenVariable: string | null;
  } | null;
}

const KEY_VARIABLE = 'TEMPORAL_API_KEY';
const TOKEN_VARIABLE = 'NXS_HUB_TOKEN';

/** nxs.yaml of the new node. */
export function membershipYaml({ node, temporal, hub }: Membership): string {
  const settings = {
    node,
    ...(temporal === null
      ? {}
      : {
          temporal: {
            address: temporal.address,
            ...(temporal.namespace === null ? {} : { namespace: temporal.namespace }),
            ...(temporal.tls === null ? {} : { tls: temporal.tls }),
            ...(temporal.keyVariable === null ? {} : { api_key: `\${${temporal.keyVariable}}` }),
          },
        }),
    ...(hub === null
      ? {}
      : {
          sync: {
            remote: hub.url,
            branch: hub.branch,
            ...(hub.tokenVariable === null ? {} : { token: `\${${hub.tokenVariable}}` }),
          },
        }),
  };
  return `# Written by nxs fleet join. Secrets stand in .env beside it, at mode 0600.\n${stringify(settings)}`;
}

export interface Recipe {
  /** Lines for a shell on the new machine. */
  readonly lines: readonly string[];
  /** Variables whose values have to be brought by another way, into .env. */
  readonly secrets: readonly string[];
  /** Files that have to be brought there. */
  readonly files: readonly string[];
  /** What keeps another machine from joining this node. */
  readonly problems: readonly string[];
}

/** How another machine joins what this node is on. */
export function recipeOf(config: Config, node: string): Recipe {
  const { temporal, sync } = config.nxs;
  const flags = [`--node ${word(node)}`];
  const secrets: string[] = [];
  const files: string[] = [];
  const problems: string[] = [];
  if (temporal.mode === 'embedded') {
    problems.push(
      'This node runs a Temporal of its own, which listens on loopback only: the new one gets its own too, and they share the hub.',
    );
  } else {
    flags.push(`--temporal ${word(temporal.address)}`);
    if (/^(127\.|localhost|\[?::1)/.test(temporal.address))
      problems.push(
        `temporal.address (${temporal.address}) is on this machine: write the address under which others reach it.`,
      );
    if (temporal.namespace !== 'default') flags.push(`--namespace ${word(temporal.namespace)}`);
    if (temporal.api_key !== null) {
      flags.push(`--api-key-from ${KEY_VARIABLE}`);
      secrets.push(KEY_VARIABLE);
    }
    const { ca, cert, key, server_name: name } = temporal.tls ?? {};
    if (temporal.tls !== null && ca === undefined && temporal.api_key === null) flags.push('--tls');
    for (const [flag, file] of [
      ['ca', ca],
      ['cert', cert],
      ['key', key],
    ] as const) {
      if (file === undefined) continue;
      flags.push(`--tls-${flag} ${word(file)}`);
      files.push(file);
    }
    if (name !== undefined) flags.push(`--tls-server-name ${word(name)}`);
  }
  if (sync.remote === undefined)
    problems.push(
      'The hub of this node lies in its own state directory: give both a hub that both reach (`sync.remote` in nxs.yaml).',
    );
  else {
    flags.push(`--hub ${word(plainUrl(sync.remote))}`);
    if (sync.branch !== 'main') flags.push(`--hub-branch ${word(sync.branch)}`);
    if (sync.token !== undefined) {
      flags.push(`--hub-token-from ${TOKEN_VARIABLE}`);
      secrets.push(TOKEN_VARIABLE);
    }
    if (sync.ssh_key !== undefined)
      files.push(`a key for ${plainUrl(sync.remote)}, of its own (sync.ssh_key in nxs.yaml)`);
  }
  const lines = [
    ...(secrets.length === 0
      ? []
      : [
          'install -d -m 700 ~/.config/nxs; (umask 077; touch ~/.config/nxs/.env)',
          ...secrets.map(
            (name) => `read -rsp '${name}: ' v && echo "${name}=$v" >> ~/.config/nxs/.env; unset v`,
          ),
        ]),
    ['nxs fleet join', ...flags].join(' '),
    'nxs up',
  ];
  return { lines, secrets, files, problems };
}

/** Without user and password: those are brought along like every secret. A bare ssh user is none. */
function plainUrl(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@\s]*@/i, '$1');
}

/** As a shell reads it back. */
function word(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
