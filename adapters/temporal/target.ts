// Where Temporal is, without its client: the supervisor knows the address and never pays for loading the client.

import { payloadKeys, type EncryptedSettings, type PayloadKey } from './payload-key.js';

/** Files in PEM form. */
export interface TlsFiles {
  /** The server's CA, when it is not a public one. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly server_name?: string | undefined;
}

/** `temporal:` of nxs.yaml, as far as connecting needs it. */
export type TemporalSettings = EncryptedSettings & Place;

type Place =
  | { readonly mode: 'embedded'; readonly port?: number; readonly ui_port?: number }
  | {
      readonly mode: 'external';
      readonly address: string;
      readonly namespace: string;
      /** Base URL of its web UI, when the config names one. */
      readonly ui_url?: string | null;
      /** null: plain text, unless an API key asks for TLS. `{}`: TLS with the system's CAs. */
      readonly tls: TlsFiles | null;
      readonly api_key: string | null;
    };

/** Where a Temporal server is and how to get in. */
export interface TemporalTarget {
  /** host:port */
  readonly address: string;
  readonly namespace: string;
  readonly tls: TlsFiles | null;
  readonly apiKey: string | null;
  /** Of the payload codec, the encrypting one first; none: plain payloads. */
  readonly keys: readonly PayloadKey[];
}

/** The target that the config names; null for an embedded server, whose address `run.json` knows. */
export function configuredTarget(settings: TemporalSettings): TemporalTarget | null {
  if (settings.mode === 'embedded') return null;
  const { address, namespace, tls, api_key: apiKey } = settings;
  return { address, namespace, tls, apiKey, keys: payloadKeys(settings) };
}

/** The web UI that the config names; an embedded server's is in `run.json`. */
export function configuredUi(settings: TemporalSettings): string | null {
  return settings.mode === 'external' ? (settings.ui_url ?? null) : null;
}

/** The embedded server at `address`. */
export function embeddedTarget(address: string, keys: readonly PayloadKey[]): TemporalTarget {
  return { address, namespace: 'default', tls: null, apiKey: null, keys };
}
