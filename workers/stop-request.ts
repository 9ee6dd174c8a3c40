import { onStopSignals, type StopSignal } from './shutdown.js';

export type Stop =
  | { readonly kind: 'signal'; readonly signal: StopSignal }
  /** A child that cannot ever come up. */
  | { readonly kind: 'failure'; readonly error: unknown };

export interface StopRequest {
  /** Settles with the first reason to stop. */
  readonly asked: Promise<Stop>;
  readonly fail: (error: unknown) => void;
  /** Stops listening for signals. */
  done(): void;
}

/** Waits for a reason to stop. `atOnce` is called with an exit code by a second signal. */
export function stopRequest(atOnce: (exitCode: number) => void, hangupStops = true): StopRequest {
  let ask: (stop: Stop) => void = () => undefined;
  const asked = new Promise<Stop>((resolve) => {
    ask = resolve;
  });
  const first = (signal: StopSignal) => ask({ kind: 'signal', signal });
  const done = onStopSignals({ first, second: atOnce }, hangupStops);
  return { asked, fail: (error) => ask({ kind: 'failure', error }), done };
}
