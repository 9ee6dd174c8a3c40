// What a channel is to the dispatcher: something that delivers one message in a bounded time and says how it went. It never
// throws: a job that tells of trouble must not get into trouble by telling.
import type { Message } from '../../domain/notify/message.js';

export type Outcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** One sentence for a person: what failed, and what to look at. */
      readonly reason: string;
      /** Worth another try in a moment. */
      readonly transient: boolean;
      /** ms that the service asks to be left alone; null: it did not say. */
      readonly wait: number | null;
    };

export interface Channel {
  readonly name: string;
  /** `log`, `command`, `email`, or the format of a webhook. */
  readonly kind: string;
  /** Longest time of one delivery with its retries, ms. */
  readonly limit: number;
  /** Texts that must never be shown. */
  readonly secrets: readonly string[];
  /** Ends soon after `signal` does. Never throws. */
  deliver(message: Message, signal: AbortSignal): Promise<Outcome>;
}

/** A failure that the same call would meet again. */
export function failure(reason: string): Outcome {
  return { ok: false, reason, transient: false, wait: null };
}

/** A failure that may be over in a moment; `wait` in ms when the service said for how long. */
export function hitch(reason: string, wait: number | null = null): Outcome {
  return { ok: false, reason, transient: true, wait };
}
