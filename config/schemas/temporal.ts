// Embedded or external Temporal. A key of the one kind inside the other has no effect, so it is refused.
import * as z from 'zod';
import { encryptionSchema, type EncryptionSettings } from './encryption.js';
import { secret } from './secret.js';
import { hostPort, httpUrl, localPath, port, text } from './text.js';

const tls = z
  .strictObject(
    {
      ca: localPath()
        .optional()
        .describe('PEM file of the authority that signed the server; left out: the system ones.'),
      cert: localPath().optional().describe('PEM file of our client certificate (mTLS).'),
      key: localPath().optional().describe("PEM file of the client certificate's private key (mTLS)."),
      server_name: text().optional().describe("Name to expect in the server's certificate."),
    },
    {
      error: (issue) =>
        issue.code === 'invalid_type'
          ? 'expected a map; `tls: {}` means TLS with the system authorities'
          : undefined,
    },
  )
  .refine((value) => (value.cert === undefined) === (value.key === undefined), {
    error: 'expected `cert` and `key` together',
  });

const written = z.strictObject({
  mode: z
    .enum(['embedded', 'external'])
    .optional()
    .describe(
      'embedded: a dev server on a SQLite file in the state directory; external: the one at `address`. Default: external when `address` is given, else embedded.',
    ),
  port: port()
    .optional()
    .describe('Port of the embedded server; default 7233, a taken one falls to the next free one.'),
  ui_port: port()
    .optional()
    .describe('Port of the embedded web UI; default 8233, a taken one falls to the next free one.'),
  address: hostPort().optional().describe('HOST:PORT of an external server.'),
  namespace: text().optional().describe('Namespace on an external server; default "default".'),
  ui_url: httpUrl()
    .optional()
    .describe('Base URL of the web UI of an external server, for links; left out: no links into it.'),
  tls: tls
    .optional()
    .describe('TLS to an external server; `{}` means the system authorities. An `api_key` turns it on.'),
  api_key: secret().optional().describe('API key of an external server (Temporal Cloud).'),
  encryption: encryptionSchema
    .optional()
    .describe('Encrypts what Temporal stores, on this machine (docs/encryption.md); left out: plain text.'),
});

/** Embedded (a SQLite file of ours) or external (someone's server). */
export type TemporalSettings =
  | {
      readonly mode: 'embedded';
      readonly port: number;
      readonly ui_port: number;
      readonly encryption?: EncryptionSettings;
    }
  | {
      readonly mode: 'external';
      readonly address: string;
      readonly namespace: string;
      /** null: we do not know one. */
      readonly ui_url: string | null;
      /** null: plain text. File names of PEM files. */
      readonly tls: z.output<typeof tls> | null;
      readonly api_key: string | null;
      readonly encryption?: EncryptionSettings;
    };

/** Schema of `temporal:` in nxs.yaml; the output is one of two shapes, told apart by `mode`. */
export const temporalSchema = written.transform((value, context): TemporalSettings => {
  const mode = value.mode ?? (value.address === undefined ? 'embedded' : 'external');
  const idle =
    mode === 'embedded'
      ? (['address', 'namespace', 'ui_url', 'tls', 'api_key'] as const)
      : (['port', 'ui_port'] as const);
  for (const key of idle) {
    if (value[key] === undefined) continue;
    context.addIssue({
      code: 'custom',
      path: [key],
      message: `has no effect with mode: ${mode}; take it out or change the mode`,
    });
  }
  const encryption = value.encryption === undefined ? {} : { encryption: value.encryption };
  if (mode === 'embedded')
    return { mode, port: value.port ?? 7233, ui_port: value.ui_port ?? 8233, ...encryption };
  if (value.address === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['address'],
      message: 'is required with mode: external, for example "host:7233"',
    });
  }
  const api_key = value.api_key ?? null;
  return {
    mode,
    address: value.address ?? '',
    namespace: value.namespace ?? 'default',
    ui_url: value.ui_url ?? null,
    tls: value.tls ?? (api_key === null ? null : {}),
    api_key,
    ...encryption,
  };
});
