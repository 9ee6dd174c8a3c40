// Who still waits for an answer: a control plane that stops lets running answers end.
import type { ServerResponse } from 'node:http';

export interface Crowd {
  enter(response: ServerResponse): void;
  /** Resolves when nobody is left, at the latest after so many ms. */
  empty(patience: number): Promise<void>;
}

export function openCrowd(): Crowd {
  let inside = 0;
  let left: (() => void) | null = null;
  return {
    enter(response) {
      inside += 1;
      response.once('close', () => {
        inside -= 1;
        if (inside === 0) left?.();
      });
    },
    async empty(patience) {
      if (inside === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience);
        left = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
