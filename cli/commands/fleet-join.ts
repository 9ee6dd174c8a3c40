import { homedir } from 'node:os';
import path from 'node:path';
import { NxsError } from '../../domain/errors.js';
import { NODE_NAME } from '../../domain/ids.js';
import type { Membership } from '../../workers/fleet/recipe.js';
import { flag, textOption, type Command, type Invocation } from '../definition.js';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const fleetJoin: Command = {
  name: 'fleet join',
  summary:
    'make this machine a node: check Temporal, the name and the hub, then write nxs.yaml; never overwrites one',
  details:
    'The file goes to --config DIR, else NXS_CONFIG_DIR, else ~/.config/nxs. Secrets are named, not given: their values stand in .env there (mode 0600) or in the environment. Exit 1: something speaks against it and nothing was written; 3: Temporal is not in reach.',
  options: [
    { flags: '--node <name>', summary: 'name of this node, another one than those of the others' },
    {
      flags: '--temporal <host:port>',
      summary: 'the Temporal that the nodes share; left out: one of its own',
    },
    { flags: '--namespace <name>', summary: 'namespace there (default: default)' },
    { flags: '--tls', summary: 'TLS with the authorities of this system' },
    { flags: '--tls-ca <file>', summary: 'TLS with this authority' },
    { flags: '--tls-cert <file>', summary: 'our client certificate' },
    { flags: '--tls-key <file>', summary: 'its private key' },
    { flags: '--tls-server-name <name>', summary: "name in the server's certificate" },
    { flags: '--api-key-from <variable>', summary: 'variable that holds the API key' },
    { flags: '--hub <url>', summary: 'git URL of the hub that the nodes share' },
    { flags: '--hub-branch <name>', summary: 'its branch (default: main)' },
    { flags: '--hub-token-from <variable>', summary: "variable that holds the hub's token" },
    { flags: '--dry-run', summary: 'check and show, write nothing' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { stat } = await import('node:fs/promises');
    const { membershipYaml } = await import('../../workers/fleet/recipe.js');
    const { alreadyThere, joinChecks, rehearse, writeMembership } =
      await import('../../workers/fleet/join.js');
    const membership = membershipOf(invocation);
    const home = context.env['HOME'] ?? homedir();
    const dir = path.resolve(
      context.configDir ?? context.env['NXS_CONFIG_DIR'] ?? path.join(home, '.config', 'nxs'),
    );
    const file = path.join(dir, 'nxs.yaml');
    const dry = flag(invocation, 'dryRun');
    if (!dry && (await stat(file).catch(() => null)) !== null) throw alreadyThere(file);
    const yaml = membershipYaml(membership);
    const config = await rehearse(dir, yaml, {
      ...context.env,
      NXS_NODE: membership.node,
      NXS_CONFIG_DIR: '',
    });
    const checks = await joinChecks(config);
    const bad = checks.filter(({ reading }) => reading === 'bad');
    const written = dry || bad.length > 0 ? null : await writeMembership(dir, yaml);
    if (context.json)
      context.out(
        JSON.stringify({
          node: membership.node,
          file,
          written: written !== null,
          dry_run: dry,
          checks,
          nxs_yaml: yaml,
        }),
      );
    else {
      for (const { name, reading, detail } of checks)
        context.out(
          `${context.paint(reading === 'unknown' ? 'dim' : reading, reading.padEnd(8))}${name}: ${detail}`,
        );
      if (dry) context.out(`\n${file} would be:\n${yaml}`);
      else if (written === null) context.out('Nothing was written.');
      else context.out(`${written} is written. Next: nxs up (then, from any node: nxs fleet)`);
    }
    if (bad.length === 0) return 0;
    return bad.some(({ name }) => name === 'Temporal') ? 3 : 1;
  },
};

function membershipOf(invocation: Invocation): Membership {
  const option = (key: string) => textOption(invocation, key) ?? null;
  const node = option('node') ?? '';
  if (!NODE_NAME.test(node))
    throw new NxsError('USAGE', '--node NAME is required: letters, digits, ".", "_" and "-", at most 63.');
  const variable = (key: string, name: string): string | null => {
    const value = option(name);
    if (value !== null && !VARIABLE.test(value))
      throw new NxsError('USAGE', `--${key} takes the name of a variable, never a secret itself.`);
    return value;
  };
  const keyVariable = variable('api-key-from', 'apiKeyFrom');
  const tokenVariable = variable('hub-token-from', 'hubTokenFrom');
  const address = option('temporal');
  const [ca, cert, key, name] = ['tlsCa', 'tlsCert', 'tlsKey', 'tlsServerName'].map(option);
  const files = {
    ...(ca === null || ca === undefined ? {} : { ca: path.resolve(ca) }),
    ...(cert === null || cert === undefined ? {} : { cert: path.resolve(cert) }),
    ...(key === null || key === undefined ? {} : { key: path.resolve(key) }),
    ...(name === null || name === undefined ? {} : { server_name: name }),
  };
  const tls = flag(invocation, 'tls') || Object.keys(files).length > 0 ? files : null;
  const namespace = option('namespace');
  if (address === null && (tls !== null || keyVariable !== null || namespace !== null))
    throw new NxsError(
      'USAGE',
      'These settings are for a shared Temporal: name it with --temporal HOST:PORT.',
    );
  const url = option('hub');
  return {
    node,
    temporal: address === null ? null : { address, namespace, tls, keyVariable },
    hub: url === null ? null : { url, branch: option('hubBranch') ?? 'main', tokenVariable },
  };
}
