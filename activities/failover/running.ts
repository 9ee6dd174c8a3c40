// Attempts of this process, by call: two of one call must not ask the same provider, and the one that wins ends the others at
// once instead of at their next heartbeat. A new process knows none, which is true: the old one's are dead.

export interface RunningAttempt {
  readonly signal: AbortSignal;
  /** It has been let in there. */
  asks(provider: string): void;
  /** Its first content is there. */
  spoke(): void;
  /** Ends the other attempts of the same call. */
  won(): void;
  over(): void;
}

export interface RunningAttempts {
  begin(ref: string, number: number): RunningAttempt;
  /** Providers that are being asked in this call. */
  askedIn(ref: string): readonly string[];
  isSilent(ref: string, number: number): boolean;
}

interface Entry {
  readonly number: number;
  readonly abort: AbortController;
  provider: string | null;
  silent: boolean;
}

export function runningAttempts(): RunningAttempts {
  const calls = new Map<string, Set<Entry>>();
  const entries = (ref: string) => [...(calls.get(ref) ?? [])];
  return {
    begin(ref, number) {
      const entry: Entry = { number, abort: new AbortController(), provider: null, silent: true };
      const call = calls.get(ref) ?? new Set<Entry>();
      calls.set(ref, call.add(entry));
      return {
        signal: entry.abort.signal,
        asks: (provider) => void (entry.provider = provider),
        spoke: () => void (entry.silent = false),
        won() {
          for (const other of call) if (other !== entry) other.abort.abort();
        },
        over() {
          call.delete(entry);
          if (call.size === 0) calls.delete(ref);
        },
      };
    },
    askedIn: (ref) => entries(ref).flatMap(({ provider }) => (provider === null ? [] : [provider])),
    isSilent: (ref, number) => entries(ref).every((entry) => entry.number !== number || entry.silent),
  };
}
