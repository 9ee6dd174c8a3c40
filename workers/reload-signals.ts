// SIGUSR2 asks for a reload, and so does SIGHUP where no terminal can have sent it by closing: there it still means the end.

import { isatty } from 'node:tty';

/** Is there a terminal whose end is ours? */
export function hasTerminal(): boolean {
  return isatty(0) || isatty(1);
}

/** Calls `reload` for each such signal until the answer is called. */
export function onReloadSignals(reload: () => void): () => void {
  const names = hasTerminal() ? (['SIGUSR2'] as const) : (['SIGUSR2', 'SIGHUP'] as const);
  for (const name of names) process.on(name, reload);
  return () => {
    for (const name of names) process.off(name, reload);
  };
}
