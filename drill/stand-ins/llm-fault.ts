// The faults that an LLM stand-in can show; both sides of its control path read this.

export const FAULTS = [
  'none',
  /** Every chat is answered 500. */
  'error',
  /** A chat is taken and never answered. */
  'hang',
  /** The stream ends without an end after its headers; a whole answer ends in the middle of its bytes. */
  'cut-before-content',
  /** The same after the third word. */
  'cut-after-content',
  /** 429 with `retry-after: 2`. */
  'rate-limited',
  /** Every word takes its time. */
  'slow',
] as const;

export type LlmFault = (typeof FAULTS)[number];

/** Seconds. */
export const RETRY_AFTER = 2;

/** What `GET /control` says. */
export interface LlmState {
  readonly fault: LlmFault;
  /** Chats that came in since the start of the process. */
  readonly chats: number;
}
