// A command as a function: its JSON document beside its exit code. What a program is told can so never differ from what a
// person is told.
import type { Command, Context, Invocation } from './definition.js';

interface Surroundings {
  /** As `--config DIR`. */
  readonly configDir?: string;
  /** That of this process when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears what would go to stderr. */
  readonly onNote?: (line: string) => void;
}

export type Asked = Partial<Pick<Invocation, 'args' | 'options'>>;

/** Runs a command in this process as `--json` does. `context`: where else it would print. Throws what it throws (NxsError). */
export async function runForDocument(
  command: Command,
  asked: Asked,
  context: Context,
): Promise<{ readonly exit: number; readonly document: unknown }> {
  const said: string[] = [];
  const capturing: Context = { ...context, json: true, out: (line) => void said.push(line) };
  const exit = await command.run({ args: [], options: {}, ...asked, context: capturing });
  const document = said.at(-1);
  if (document === undefined) throw new Error(`nxs ${command.name} gave no document`);
  return { exit, document: JSON.parse(document) };
}

/** The document alone, for programs that have no terminal. Throws what the command throws (NxsError). */
export async function documentOf<T>(
  command: Command,
  { env, configDir, onNote }: Surroundings,
  args: Invocation['args'] = [],
  options: Invocation['options'] = {},
): Promise<T> {
  const context: Context = {
    env: { ...(env ?? process.env) },
    configDir,
    json: true,
    out: () => undefined,
    write: () => undefined,
    screen: () => undefined,
    note: (line) => onNote?.(line),
    progress: () => undefined,
    paint: (_colour, text) => text,
  };
  return (await runForDocument(command, { args, options }, context)).document as T;
}
