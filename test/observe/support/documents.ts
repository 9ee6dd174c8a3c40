// A configuration with something planted in every secret field there is.
import { plant } from './plant.js';

export interface Addresses {
  /** A server that answers with what it was sent, and says no. */
  readonly echo: string;
  /** Where traces go. */
  readonly collector: string;
}

/** nxs.yaml beside listener and Temporal. */
export function settings({ echo, collector }: Addresses) {
  const hub = new URL(echo);
  return {
    http: { token: plant('HttpToken') },
    gateway: { api_key: plant('GatewayKey') },
    sync: {
      remote: `http://me:${plant('HubPassword')}@${hub.host}/hub.git`,
      token: plant('SyncToken'),
    },
    notify: [
      {
        name: 'hook',
        type: 'webhook',
        format: 'json',
        url: `${echo}/${plant('HookPath')}`,
        token: plant('HookToken'),
      },
      {
        ...{
          name: 'mail',
          type: 'email',
          host: '127.0.0.1',
          port: 9,
          user: 'me',
          password: plant('MailPassword'),
        },
        ...{ from: 'me@example.org', to: ['you@example.org'] },
      },
    ],
    telemetry: {
      traces: {
        url: collector,
        headers: { authorization: `Bearer ${plant('CollectorToken')}` },
        propagate: true,
      },
    },
  };
}

export function providers(echo: string) {
  const each = { base_url: `${echo}/v1`, model: 'm', api_key: plant('ProviderKey') };
  return {
    failover: { max_retries_per_provider: 0, global_timeout: 10 },
    providers: [
      { name: 'echo', ...each, priority: 1 },
      { name: 'other', ...each, priority: 2 },
    ],
  };
}

export function manifest(echo: string) {
  return {
    backup: {
      destinations: [
        { name: 'local', type: 'git', path: '${NXS_STATE_DIR}/backup.git' },
        {
          ...{ name: 'github', type: 'github', owner: 'me', repo: 'nxs', branch: 'main' },
          ...{ base_url: echo, token: plant('GithubToken') },
        },
      ],
      files: [{ local: '**', remote: './' }],
    },
  };
}
