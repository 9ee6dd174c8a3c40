// Progress goes to stderr, one plain line each, so that `nxs … --json` can bootstrap and still print one document.

/** @param {string} line */
export function say(line) {
  process.stderr.write(`nxs: ${line}\n`);
}

/** A set-up step that failed: the message is the sentence for the person, and no stack is shown. */
export class SetUpError extends Error {
  name = 'SetUpError';
  /** @param {string} message @param {number} [exitCode] 2 like every usage or configuration error of `nxs` */
  constructor(message, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs an entry point: a set-up failure is one sentence, anything else keeps its stack.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (error instanceof SetUpError) say(error.message);
    else process.stderr.write(`${error?.stack ?? String(error)}\n`);
    process.exit(error?.exitCode ?? 1);
  }
}
