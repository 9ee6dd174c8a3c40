// Keys of the payload codec as they travel: plain data, so that a target can be sent to the worker process.

export interface PayloadKey {
  /** Stands in clear beside each payload that it encrypts. */
  readonly id: string;
  /** 32 bytes as base64. */
  readonly key: string;
}

/** `temporal.encryption` of nxs.yaml, as the loader gives it: with every key in its place. */
export interface EncryptedSettings {
  readonly encryption?:
    | {
        readonly keys: readonly { readonly id: string; readonly key?: string | undefined }[];
        readonly codec?: { readonly token?: string | undefined; readonly origins?: readonly string[] };
      }
    | undefined;
}

/** The keys in the order of the config: the first one encrypts. None: payloads are written in plain. */
export function payloadKeys({ encryption }: EncryptedSettings): readonly PayloadKey[] {
  return (encryption?.keys ?? []).flatMap(({ id, key }) => (key === undefined ? [] : [{ id, key }]));
}
