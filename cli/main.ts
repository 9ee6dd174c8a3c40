// Entry of `nxs`. Commands load what they need only when they run, so that help and completion answer at once.
import { runCli } from './run.js';

process.exitCode = await runCli(process.argv.slice(2));
