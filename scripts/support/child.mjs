import { spawn } from 'node:child_process';
import { SetUpError } from './say.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a child without stdin; a signal to us ends the child first and then us, so nothing is left behind.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, capture?: boolean, env?: NodeJS.ProcessEnv }} options capture: keep what matters of the output
 * instead of passing it through (stdout goes to stderr, which is where progress belongs)
 * @returns {Promise<{ code: number, shown: string[] }>}
 */
export async function runChild(command, args, options) {
  const stdio = options.capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2];
  const child = spawn(command, args, { cwd: options.cwd, stdio, env: options.env ?? process.env });
  let caught = null;
  const forward = (signal) => {
    caught = signal;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  const shown = shownOf(child);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit) => resolve(exit ?? 1));
    });
    if (caught !== null)
      throw new SetUpError(`set-up was interrupted by ${caught}; the next start takes it up again.`, 130);
    return { code, shown };
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward);
  }
}

function shownOf(child) {
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      lines.push(...text.split(/\r?\n/).filter(isTelling));
      // npm says what happened first, and explains itself at length after that.
      if (lines.length > 20) lines.splice(12, lines.length - 20);
    });
  }
  return lines;
}

// A stack of npm's own functions would push out the line that says what happened.
function isTelling(line) {
  return line.trim() !== '' && !/^(npm error)?\s+at /.test(line) && line.trim() !== 'npm error';
}
