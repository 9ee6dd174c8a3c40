// What makes a streamed answer whole. To take a cut one for whole is the worst that a gateway can do.
import type { StreamEvent } from '../../domain/openai/stream-event.js';

export class Progress {
  private readonly seen = new Set<number>();
  private readonly done = new Set<number>();
  private readonly wanted: number;
  /** Something that a person or program would miss has come. */
  hasContent = false;

  /** `wanted`: choices that were asked for (`n`). */
  constructor(wanted: number) {
    this.wanted = wanted;
  }

  add(event: StreamEvent): void {
    if (event.hasContent) this.hasContent = true;
    const choices = event.json?.['choices'];
    if (!Array.isArray(choices)) return;
    for (let at = 0; at < choices.length; at += 1) {
      const index = (choices[at] as { readonly index?: unknown } | null)?.index;
      this.seen.add(typeof index === 'number' ? index : at);
    }
    for (const index of event.finished) this.done.add(index);
  }

  /** Every choice that appeared has named its finish_reason: whole when the provider says `[DONE]` to it. */
  get whole(): boolean {
    return this.done.size > 0 && this.done.size === this.seen.size;
  }

  /** Whole, and no further choice is to be expected: it needs no `[DONE]`. */
  get settled(): boolean {
    return this.whole && this.done.size >= this.wanted;
  }
}
