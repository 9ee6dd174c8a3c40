// One timer per call, not one per token: it is armed again only when it fires too early.

// Node takes a longer wait for none at all.
const LONGEST = 2 ** 31 - 1;

export class Silence {
  private since = performance.now();
  private limit: number;
  private timer: NodeJS.Timeout;
  private dueAt: number;
  private heldAt: number | null = null;
  private readonly onSilent: () => void;

  /** Calls `onSilent` once nothing was heard for `limit` ms. */
  constructor(limit: number, onSilent: () => void) {
    this.limit = limit;
    this.onSilent = onSilent;
    this.dueAt = this.since + limit;
    this.timer = setTimeout(this.look, Math.min(limit, LONGEST));
  }

  /** Something was heard. */
  touch(): void {
    this.since = performance.now();
  }

  /** Counts anew from here, against another limit, ms. */
  restart(limit: number): void {
    this.touch();
    this.limit = limit;
    if (this.heldAt !== null) this.heldAt = this.since;
    else if (this.since + limit < this.dueAt) this.arm(limit);
  }

  /** The clock stands still: we are the ones who do not listen. */
  hold(): void {
    this.heldAt ??= performance.now();
  }

  release(): void {
    if (this.heldAt === null) return;
    const now = performance.now();
    this.since = Math.min(now, this.since + now - this.heldAt);
    this.heldAt = null;
    if (this.since + this.limit < this.dueAt || this.dueAt <= now) this.arm(this.since + this.limit - now);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private readonly look = (): void => {
    if (this.heldAt !== null) return;
    const left = this.since + this.limit - performance.now();
    // Node's timers count whole milliseconds and may be up to one early.
    if (left < 1) this.onSilent();
    else this.arm(left);
  };

  private arm(wait: number): void {
    clearTimeout(this.timer);
    this.dueAt = performance.now() + wait;
    this.timer = setTimeout(this.look, Math.min(wait, LONGEST));
  }
}
