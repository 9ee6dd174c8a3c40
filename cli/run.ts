// From words to an exit code: everything a command throws becomes one clear sentence and the table's code.
import { CommanderError } from 'commander';
import { errorCode, errorMessage, ERRORS, NxsError, type ErrorCode } from '../domain/errors.js';
import { buildProgram } from './program.js';
import { openContext } from './context.js';

/** Runs one command line. Never throws. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let exit = 0;
  const program = buildProgram(async (command, parts) => {
    exit = await command.run({ ...parts, context: openContext(parts.globals) });
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    const json = argv.includes('--json');
    if (error instanceof CommanderError) return parseError(error, json);
    return report(error, json);
  }
}

/** The parser has told the person already, on stderr; a program is told as of every other error. */
function parseError({ exitCode, message }: CommanderError, json: boolean): number {
  if (exitCode === 0) return 0;
  const { exit, hint } = ERRORS.USAGE;
  const said = message.replace(/^error: /, '');
  if (json) writeError({ code: 'USAGE', message: said, hint, details: {} });
  return exit;
}

function writeError(error: { code: ErrorCode; message: string; hint: string; details: object }): void {
  process.stdout.write(`${JSON.stringify({ error })}\n`);
}

function report(error: unknown, json: boolean): number {
  const code = errorCode(error);
  const { exit, hint } = ERRORS[code];
  const details = error instanceof NxsError ? error.details : {};
  if (json) writeError({ code, message: errorMessage(error), hint, details });
  process.stderr.write(`nxs: ${errorMessage(error)}\n  ${hint}\n`);
  if (process.env['NXS_DEBUG'] === '1' && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  return exit;
}
