// One server-sent event of a chat or text completion stream, understood just as far as failover needs it.

export interface StreamEvent {
  /** The event as it came, without the blank line that ends it; forwarded unchanged. */
  readonly raw: string;
  readonly kind: 'chunk' | 'done' | 'comment' | 'error';
  /** The parsed chunk; null unless kind is `chunk` or `error`. */
  readonly json: Readonly<Record<string, unknown>> | null;
  /** It carries something a person or program would miss: text, reasoning, refusal, a tool call, audio. */
  readonly hasContent: boolean;
  /** Text of choice 0 (`delta.content`, or `text` of the old API); '' when none. */
  readonly text: string;
  readonly hasToolCall: boolean;
  /** Reasoning or another content that is not plain text of choice 0: such a stream cannot be continued elsewhere. */
  readonly hasOther: boolean;
  /** Indexes of choices that named a `finish_reason` here. */
  readonly finished: readonly number[];
  readonly hasUsage: boolean;
}
