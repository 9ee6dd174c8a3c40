import { NxsError } from '../../domain/errors.js';
import { flag, textArgument, textOption, type Command } from '../definition.js';
import { printable } from '../printable.js';

export const syncShow: Command = {
  name: 'sync show',
  summary: 'a version of a file on stdout, or with --versions the list of them, of every node',
  details: 'Reads our copy of the hub; no control plane is needed.',
  args: [{ name: '<path>', summary: 'relative to the data directory' }],
  options: [
    { flags: '--versions', summary: 'list the versions, the newest first' },
    {
      flags: '--version <id>',
      summary: 'this one (first digits of its id); left out: the newest in the hub',
    },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const file = textArgument(invocation, 0) ?? '';
    const { loadFor } = await import('../setup.js');
    const { openSyncDesk } = await import('../../workers/sync/view.js');
    const desk = openSyncDesk(await loadFor(context));
    const versions = await desk.versions(file);
    if (flag(invocation, 'versions')) {
      if (context.json) context.out(JSON.stringify({ path: file, versions }));
      else
        for (const { oid, at, node } of versions)
          context.out(`${oid?.slice(0, 12) ?? 'deleted     '}  ${at}  ${printable(node)}`);
      return versions.length === 0 ? unknown(file) : 0;
    }
    const wanted = textOption(invocation, 'version') ?? versions.find(({ oid }) => oid !== null)?.oid;
    if (wanted === undefined || wanted === null) return unknown(file);
    const { oid, bytes } = await desk.content(file, wanted);
    if (context.json)
      context.out(JSON.stringify({ path: file, oid, base64: Buffer.from(bytes).toString('base64') }));
    else process.stdout.write(process.stdout.isTTY ? printable(Buffer.from(bytes).toString('utf8')) : bytes);
    return 0;
  },
};

function unknown(file: string): never {
  throw new NxsError(
    'USAGE',
    `No node has ever published ${JSON.stringify(file)}; paths are relative to the data directory.`,
  );
}
