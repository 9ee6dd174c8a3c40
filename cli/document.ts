// A command as a function: its JSON document in place of its exit code. What a program is told can so never differ from what a
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

/** Runs a reading command in this process. Throws what it throws (NxsError). */
export async function documentOf<T>(
  command: Command,
  options: Surroundings,
  args: Invocation['args'] = [],
  given: Invocation['options'] = {},
): Promise<T> {
  const said: string[] = [];
  const context: Context = {
    env: { ...(options.env ?? process.env) },
    configDir: options.configDir,
    json: true,
    out: (line) => void said.push(line),
    write: () => undefined,
    screen: () => undefined,
    note: (line) => options.onNote?.(line),
    progress: () => undefined,
    paint: (_colour, text) => text,
  };
  await command.run({ args, options: given, context });
  const document = said.at(-1);
  if (document === undefined) throw new Error(`nxs ${command.name} gave no document`);
  return JSON.parse(document) as T;
}
