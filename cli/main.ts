// Entry of `nxs`. Commands load what they need only when they run, so that help and completion answer at once.
import { runCli } from './run.js';

// `nxs … | head` closes the pipe early: what is left to say has no reader, and that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2));
