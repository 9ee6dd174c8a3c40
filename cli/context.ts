// Where a command prints. Answers go to stdout, everything about the work to stderr, so that pipes get answers only.
import type { Context } from './definition.js';
import { printable } from './printable.js';

export interface Globals {
  readonly config: string | undefined;
  readonly json: boolean;
}

const COLOURS = { good: '\u001b[32m', bad: '\u001b[31m', dim: '\u001b[2m' } as const;
const RESET = '\u001b[0m';
const HOME = '\u001b[H';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE = '\r\u001b[K';

/** The context of this process. NO_COLOR switches colours off (no-color.org). */
export function openContext(globals: Globals): Context {
  const { stdout, stderr, env } = process;
  const colours = stdout.isTTY && (env['NO_COLOR'] ?? '') === '';
  const live = stderr.isTTY && !globals.json;
  const note = (line: string): void => {
    stderr.write(`${live ? CLEAR_LINE : ''}${line}\n`);
  };
  return {
    env,
    configDir: globals.config,
    json: globals.json,
    out: (line) => void stdout.write(`${line}\n`),
    write: (text) => void stdout.write(stdout.isTTY ? printable(text) : text),
    screen(lines) {
      // Line by line over what stands there: clearing all of it first would flicker.
      const text = lines.map((line) => `${line}${stdout.isTTY ? '\u001b[K' : ''}\n`).join('');
      stdout.write(stdout.isTTY ? `${HOME}${text}${CLEAR_BELOW}` : `${text}\n`);
    },
    note,
    progress(line) {
      if (live)
        stderr.write(line === null ? CLEAR_LINE : `${CLEAR_LINE}${line.slice(0, stderr.columns - 1)}`);
    },
    paint: (colour, text) => (colours ? `${COLOURS[colour]}${text}${RESET}` : text),
  };
}
