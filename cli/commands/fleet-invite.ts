import { NxsError } from '../../domain/errors.js';
import { NODE_NAME } from '../../domain/ids.js';
import { textOption, type Command } from '../definition.js';

export const fleetInvite: Command = {
  name: 'fleet invite',
  summary:
    'print the lines that make another machine join this Temporal and this hub; no secret stands in them',
  options: [{ flags: '--node <name>', summary: 'name of the new node (default: new-node, to be changed)' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const node = textOption(invocation, 'node') ?? 'new-node';
    if (!NODE_NAME.test(node)) throw new NxsError('USAGE', `--node "${node}" is not a node name.`);
    const { loadFor } = await import('../setup.js');
    const { recipeOf } = await import('../../workers/fleet/recipe.js');
    const config = await loadFor(context);
    const { lines, secrets, files, problems } = recipeOf(config, node);
    if (context.json) {
      context.out(JSON.stringify({ node, lines, secrets, files, problems }));
      return problems.length === 0 ? 0 : 1;
    }
    for (const problem of problems) context.note(`note: ${problem}`);
    context.out('# On the new machine: Node 20.3 or later, git, and nxs itself (README, "Set-up"). Then:');
    for (const line of lines) context.out(line);
    for (const secret of secrets)
      context.out(`# ${secret}: bring its value by another way; it is asked for above and not shown`);
    for (const file of files) context.out(`# bring along: ${file}`);
    return problems.length === 0 ? 0 : 1;
  },
};
