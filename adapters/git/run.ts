// simple-git runs the commands that print something. As it comes, a command that fails without a word counts as
// success, and our own variables are refused as unsafe; both are put right here.
import { type SimpleGitOptions, simpleGit } from 'simple-git';
import { errorMessage } from '../../domain/errors.js';
import { gitEnvironment } from './environment.js';
import { gitFailure } from './failure.js';
import type { GitCall } from './process.js';

/** Output of a short command that prints something; throws the mapped NxsError on any exit code but 0. Not cancellable. */
export async function runGit(call: GitCall): Promise<string> {
  const environment = gitEnvironment(call.scope);
  const options: Partial<SimpleGitOptions> = {
    baseDir: '/',
    trimmed: false,
    timeout: { block: 120_000 },
    // The settings are ours alone; none of them comes from a config file or from a person.
    unsafe: {
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
    },
    allowEnvironment: Object.keys(environment),
    errors(error, result) {
      if (error !== undefined) return error;
      if (result.exitCode === 0) return undefined;
      return Buffer.concat([...result.stdErr, Buffer.from(`\nexit code ${String(result.exitCode)}`)]);
    },
  };
  try {
    return await simpleGit(options)
      .env(environment)
      .raw([...call.args]);
  } catch (error) {
    throw gitFailure(call.where, errorMessage(error), 'an error');
  }
}
