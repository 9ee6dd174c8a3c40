import { NxsError } from '../../domain/errors.js';
import { textArgument, type Command } from '../definition.js';

/** It completes the words of all commands, itself among them, so it is given them when it runs. */
export function completionOf(all: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    details:
      'bash: source <(nxs completion bash)   zsh: source <(nxs completion zsh)   fish: nxs completion fish | source',
    args: [{ name: '<shell>', summary: 'bash, zsh or fish' }],
    async run(invocation) {
      const { completionScript } = await import('../completion.js');
      const shell = textArgument(invocation, 0) ?? '';
      const script = completionScript(shell, all());
      if (script === null)
        throw new NxsError('USAGE', `There is no completion for "${shell}"; choose bash, zsh or fish.`);
      invocation.context.out(script);
      return 0;
    },
  };
}
