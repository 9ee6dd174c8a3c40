// What a tool of the MCP server is: a name, a schema, and a way to an answer. Reading ones run a command of ours as `--json` does.
import type * as z from 'zod';
import { NxsError } from '../../domain/errors.js';
import type { Command, Context } from '../definition.js';
import { runForDocument, type Asked } from '../document.js';

export interface Answer {
  /** The exit code that the command would have: 0 well, 1 the thing asked about is bad, 4 nobody can say. */
  readonly exit: number;
  readonly result: Readonly<Record<string, unknown>>;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  /** False: it asks for work. No tool decides anything that a person is asked for. */
  readonly reads: boolean;
  /** Throws NxsError. */
  run(given: Readonly<Record<string, unknown>>, context: Context): Promise<Answer>;
}

/** Runs a command in this process and gives back its one JSON document. Throws what the command throws. */
export async function answerOf(command: Command, asked: Asked, context: Context): Promise<Answer> {
  const { exit, document } = await runForDocument(command, asked, context);
  if (typeof document !== 'object' || document === null)
    throw new NxsError('USAGE', `${command.name} gave no object.`);
  return { exit, result: document as Answer['result'] };
}
