import { chmod, mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';
import { textArgument, textOption, type Command } from '../definition.js';

export const approverAdd: Command = {
  name: 'approver add',
  summary:
    'make a key pair for an approver: prints the line for healing.yaml, keeps the private half in a file',
  details:
    'Run it where the approver works, not on the node: only the public half belongs into healing.yaml. `nxs approve ID --key FILE` signs with it.',
  args: [{ name: '<name>', summary: 'who it is, as approvals name them' }],
  options: [
    {
      flags: '--out <file>',
      summary: 'where the private key goes (default ~/.config/nxs/approvers/NAME.pem)',
    },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const name = (textArgument(invocation, 0) ?? '').trim();
    if (name === '' || name.length > 200)
      throw new NxsError('USAGE', 'An approver has a name of 1 to 200 characters.');
    const { makeKey } = await import('../../workers/healing/signatures.js');
    const home = context.env['HOME'] ?? os.homedir();
    const named = `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^\.+/, '')}.pem`;
    const file = textOption(invocation, 'out') ?? path.join(home, '.config/nxs/approvers', named);
    const { pem, key } = makeKey();
    await keep(file, pem);
    const line = `{ name: ${JSON.stringify(name)}, key: "${key}" }`;
    if (context.json) {
      context.out(JSON.stringify({ name, key, file }));
      return 0;
    }
    context.out(`private key: ${file} (keep it; whoever has it can approve as ${name})`);
    context.out('add to healing.yaml on the node, under healing.approvals.approvers:');
    context.out(`  - ${line}`);
    return 0;
  },
};

/** Never over another key: that one may be the only copy. */
async function keep(file: string, pem: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, pem, { mode: 0o600, flag: 'wx' });
    await chmod(file, 0o600);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST')
      throw new NxsError('USAGE', `${file} is there already; nothing was changed. Take another --out.`);
    throw new NxsError('USAGE', `${file} cannot be written: ${errorMessage(error)}`);
  }
}
