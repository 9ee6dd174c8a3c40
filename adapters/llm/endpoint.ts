/** Where a provider lives and how to get in. The key never leaves this room. */
export interface Endpoint {
  readonly name: string;
  /** With its `/v1`, without a slash at the end. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer`; null: none. */
  readonly apiKey: string | null;
  /** Configured model; `auto-detect` is resolved by models.ts. */
  readonly model: string;
}
