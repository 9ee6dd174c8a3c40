// One HTTP exchange over undici's dispatch: no promise and no stream object per chunk, since this is the hot path.
import type { Endpoint } from './endpoint.js';
import type { Connecting, LaneHandler, Line } from './lane.js';
import type { Call, Wire } from './wire.js';

/** `onFinish` or `onBroken` ends it, once; after `abort` nothing comes any more. */
export interface ExchangeEvents {
  /** `headers`: names and values by turns, as they came. */
  onHead(status: number, headers: readonly Buffer[]): void;
  onChunk(chunk: Buffer): void;
  /** The answer came whole, as far as HTTP can tell. */
  onFinish(): void;
  /** `reused`: an older connection died before it carried a byte of this answer (the keep-alive race). */
  onBroken(error: Error, reused: boolean): void;
}

export class Exchange implements LaneHandler {
  line: Line | null = null;
  private over = false;
  private begun = false;
  private paused = false;
  private held = false;
  private connecting: Connecting | null = null;
  private cut: (() => void) | null = null;
  private resumeSocket: (() => void) | null = null;
  private readonly events: ExchangeEvents;

  constructor(events: ExchangeEvents) {
    this.events = events;
  }

  /** Sends it; an error may come before this returns. */
  begin(wire: Wire, endpoint: Endpoint, call: Call): void {
    const connecting = wire.send(endpoint, call, this);
    if (this.over) connecting?.abandon();
    else this.connecting = connecting;
  }

  /** The socket is destroyed before the loop turns. */
  abort(): void {
    if (this.over) return;
    this.over = true;
    if (this.cut !== null) (this.line?.cut ?? this.cut)();
    else this.connecting?.abandon();
  }

  pause(): void {
    this.paused = true;
  }

  /** Goes on in a microtask: undici's parser must not be entered from inside another answer's callback. */
  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    queueMicrotask(() => {
      if (this.paused || this.over || !this.held) return;
      this.held = false;
      this.resumeSocket?.();
    });
  }

  onConnect(abort: () => void): void {
    this.cut = abort;
    if (this.over) abort();
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void): boolean {
    if (this.over || status < 200) return true;
    this.begun = true;
    this.resumeSocket = resume;
    if (this.line !== null) this.line.served += 1;
    this.events.onHead(status, headers);
    return this.goesOn();
  }

  onData(chunk: Buffer): boolean {
    if (this.over) return true;
    this.events.onChunk(chunk);
    return this.goesOn();
  }

  onComplete(): void {
    if (this.over) return;
    this.over = true;
    this.events.onFinish();
  }

  onError(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.events.onBroken(error, !this.begun && this.line !== null && this.line.served > 0);
  }

  private goesOn(): boolean {
    this.held = this.paused && !this.over;
    return !this.held;
  }
}
