import type { InitResult } from '../../workers/init-destination.js';
import { textOption, type Command, type Context } from '../definition.js';

export const backupInit: Command = {
  name: 'backup init',
  summary:
    'make the repository of a github destination: private, with its first commit; what is there is left as it is',
  options: [{ flags: '--destination <name>', summary: 'only this destination' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { initDestinations } = await import('../../workers/init-destination.js');
    const made = await initDestinations(
      await loadFor(context),
      textOption(invocation, 'destination') ?? null,
    );
    if (context.json) context.out(JSON.stringify({ destinations: made }));
    else for (const each of made) print(context, each);
    return made.some((each) => each.private === false) ? 1 : 0;
  },
};

function print(context: Context, { name, location, created, private: closed, url }: InitResult): void {
  if (created === null) {
    context.out(`${name}: ${location} is made by its first backup`);
    return;
  }
  context.out(
    `${context.paint('good', name)}: ${location} ${created ? 'made, private' : 'is there'} (${url ?? ''})`,
  );
  if (closed === false) {
    context.out(
      context.paint(
        'bad',
        '    it is PUBLIC: everybody can read the backups; make it private, or set encryption',
      ),
    );
  }
}
