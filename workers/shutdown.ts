const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type StopSignal = keyof typeof SIGNALS;

/** Milliseconds in which signals count as one: a Ctrl-C reaches us from the terminal and from npm. */
const ONE_SIGNAL_MS = 1000;

export interface SignalHandlers {
  /** Stop in good order. */
  first(signal: StopSignal): void;
  /** End at once with this exit code. */
  second(exitCode: number): void;
}

/** Listens for SIGINT, SIGTERM and, while nothing else is meant by it, SIGHUP. Returns a function that stops listening. */
export function onStopSignals(handlers: SignalHandlers, hangupStops = true): () => void {
  let firstAt: number | null = null;
  const listener = (signal: StopSignal) => {
    if (firstAt === null) {
      firstAt = performance.now();
      handlers.first(signal);
    } else if (performance.now() - firstAt > ONE_SIGNAL_MS) {
      handlers.second(SIGNALS[signal]);
    }
  };
  const all = Object.keys(SIGNALS) as StopSignal[];
  const names = all.filter((name) => hangupStops || name !== 'SIGHUP');
  for (const name of names) process.on(name, listener);
  return () => {
    for (const name of names) process.off(name, listener);
  };
}
