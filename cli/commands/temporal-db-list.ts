import type { Command } from '../definition.js';

export const temporalDbList: Command = {
  name: 'temporal-db list',
  summary: "which engine wrote the embedded Temporal's database, and the copies kept from before an upgrade",
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { databasePath, writtenBy } = await import('../../adapters/temporal/database.js');
    const { listCopies } = await import('../../adapters/temporal/database-copy.js');
    const { inWords } = await import('../size.js');
    const { stateDir } = await loadFor(context);
    const path = databasePath(stateDir);
    const version = (await writtenBy(stateDir)) || null;
    const copies = await listCopies(path);
    if (context.json) {
      context.out(JSON.stringify({ path, version, copies }));
      return 0;
    }
    context.out(
      `${path}: ${version === null ? 'no engine has served from it yet' : `written by ${version}`}`,
    );
    for (const { name, from, to, made, bytes } of copies)
      context.out(`${name}  ${inWords(bytes)}  made ${made}, before ${to} opened what ${from} wrote`);
    if (copies.length === 0) context.out('no copies: no engine of another version was ever used here');
    return 0;
  },
};
