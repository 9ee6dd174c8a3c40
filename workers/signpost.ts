/** A value that comes and goes; whoever asks while it is away waits for the next one. */
export interface Signpost {
  set(value: string): void;
  clear(): void;
  read(): Promise<string>;
}

export function createSignpost(): Signpost {
  let current: string | null = null;
  let waiting: ((value: string) => void)[] = [];
  return {
    set(value) {
      current = value;
      for (const tell of waiting) tell(value);
      waiting = [];
    },
    clear() {
      current = null;
    },
    read() {
      if (current !== null) return Promise.resolve(current);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
