// A writer in a process of its own: appends events until its count is reached or it is killed, and says
// each id on stdout only after the append returned.
import { openJournal } from '../../../../adapters/journal/append.js';

const [dir = '', name = '', count = '0'] = process.argv.slice(2);
const journal = openJournal({ dir, node: 'test' });
for (let number = 0; number < Number(count); number += 1) {
  const id = `${name}-${number}`;
  await journal.append([
    { id, type: 'control-plane.stopped', data: { pid: process.pid, reason: 'x'.repeat(200) } },
  ]);
  process.stdout.write(`${id}\n`);
}
