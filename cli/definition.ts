// A command is data: help, completion, the reference page and the parser all come from it.
import { NxsError } from '../domain/errors.js';

export interface Argument {
  /** Commander's form: `<need>`, `[may]`, `[many...]`. */
  readonly name: string;
  readonly summary: string;
}

export interface Option {
  /** Commander's form: `--to <dir>`, `--dry-run`. */
  readonly flags: string;
  readonly summary: string;
}

/** What a command is run with. */
export interface Invocation {
  /** In the order of the definition's arguments; a `[many...]` one is an array. */
  readonly args: readonly (string | readonly string[] | undefined)[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly context: Context;
}

/** The outside of a command: where it prints, and what the person asked for globally. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  /** `--config DIR`. */
  readonly configDir: string | undefined;
  /** One JSON document on stdout instead of text. */
  readonly json: boolean;
  /** A line of the answer, on stdout. */
  out(line: string): void;
  /** Text of somebody else (a model) as it comes, on stdout; a TTY gets only what is printable of it. */
  write(text: string): void;
  /** A whole screen in the place of the last one on a TTY; elsewhere one below the other. */
  screen(lines: readonly string[]): void;
  /** A line about the work (progress, hints), on stderr. */
  note(line: string): void;
  /** Overwrites one line of progress on a TTY's stderr; says nothing elsewhere. Null clears it. */
  progress(line: string | null): void;
  /** Colours only on a TTY. */
  readonly paint: (colour: 'good' | 'bad' | 'dim', text: string) => string;
}

export interface Command {
  /** Words after `nxs`: `backup run`. */
  readonly name: string;
  readonly summary: string;
  /** A paragraph for its help and the reference. */
  readonly details?: string;
  readonly args?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Reading commands take `--json`. */
  readonly json?: boolean;
  /** Everything after the name is handed on as it is (`nxs temporal …`). */
  readonly raw?: boolean;
  /** Returns the exit code (the contract's table). Throws NxsError. */
  run(invocation: Invocation): Promise<number>;
}

/** A string option, or undefined. */
export function textOption(invocation: Invocation, key: string): string | undefined {
  const value = invocation.options[key];
  return typeof value === 'string' ? value : undefined;
}

/** True when a flag was given. */
export function flag(invocation: Invocation, key: string): boolean {
  return invocation.options[key] === true;
}

/** A plain argument, or undefined. */
export function textArgument(invocation: Invocation, index: number): string | undefined {
  const value = invocation.args[index];
  return typeof value === 'string' ? value : undefined;
}

/** The values of a `[many...]` argument. */
export function manyArguments(invocation: Invocation, index: number): readonly string[] {
  const value = invocation.args[index];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** A whole number from 1 to 999999, or undefined. Throws NxsError USAGE. */
export function countOption(invocation: Invocation, key: string): number | undefined {
  const text = textOption(invocation, key);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new NxsError('USAGE', `--${key} "${text}" is not a number from 1 to 999999.`);
  return Number(text);
}

/** Whose word it is: `--by`, else the user's name. */
export function whoOf(invocation: Invocation): string {
  return textOption(invocation, 'by') ?? invocation.context.env['USER'] ?? 'cli';
}
