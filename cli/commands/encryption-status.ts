import type { EncryptionView } from '../../workers/codec/view.js';
import type { Command, Context } from '../definition.js';

export const encryptionStatus: Command = {
  name: 'encryption status',
  summary:
    'which key encrypts what Temporal stores, which ones only read, and whether those are still needed; exit 4 when nobody can say',
  details:
    'A key is needed while a history is left that began before the present key wrote: those of workflows that are over go with the retention of the namespace. Only what this node wrote is counted.',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { viewEncryption } = await import('../../workers/codec/view.js');
    const view = await viewEncryption(await loadFor(context));
    if (context.json) context.out(JSON.stringify(view));
    else print(context, view);
    return view.unknown === null ? 0 : 4;
  },
};

function print(context: Context, view: EncryptionView): void {
  const { encrypts, since, reads, older, unknown, droppable, codec } = view;
  const from = since === null ? '' : `, since ${since}`;
  context.out(
    encrypts === null
      ? `off: what goes to Temporal is written in plain${from} (docs/encryption.md says how to change that)`
      : `on: the key ${encrypts} encrypts${from}`,
  );
  if (reads.length > 0) context.out(`only for reading: ${reads.join(', ')}`);
  if (older !== null && older.count > 0) {
    const goes = older.last_goes === null ? '' : `; the last that is over goes on ${older.last_goes}`;
    context.out(`${older.count} histories began before that, and may need an older key${goes}`);
    for (const id of older.running) context.out(`  still running: ${id}`);
  }
  if (droppable)
    context.out(`nothing that this node wrote needs ${reads.join(', ')} any more: take it out of nxs.yaml`);
  if (unknown !== null) context.out(`not known whether older keys are needed: ${unknown}`);
  if (codec !== null) context.out(`codec endpoint: ${codec}`);
}
