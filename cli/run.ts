// From words to an exit code: everything a command throws becomes one clear sentence and the table's code.
import { CommanderError } from 'commander';
import { errorCode, errorMessage, ERRORS, NxsError } from '../domain/errors.js';
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
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : ERRORS.USAGE.exit;
    return report(error, argv.includes('--json'));
  }
}

function report(error: unknown, json: boolean): number {
  const code = errorCode(error);
  const { exit, hint } = ERRORS[code];
  const details = error instanceof NxsError ? error.details : {};
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ error: { code, message: errorMessage(error), hint, details } })}\n`,
    );
  }
  process.stderr.write(`nxs: ${errorMessage(error)}\n  ${hint}\n`);
  if (process.env['NXS_DEBUG'] === '1' && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  return exit;
}
