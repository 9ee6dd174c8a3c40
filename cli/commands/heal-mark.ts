import { NxsError } from '../../domain/errors.js';
import { textArgument, textOption, whoOf, type Command } from '../definition.js';

const LABELS = { false: 'false_positive', right: 'true_positive' } as const;

export const healMark: Command = {
  name: 'heal mark',
  summary: 'say whether an incident was a false alarm or a right one, for the false-positive rate',
  details: 'The last word counts. It changes nothing else, and works while nothing runs.',
  args: [
    { name: '<id>', summary: 'the incident, or the beginning of its id' },
    { name: '<label>', summary: '`false` (nothing was wrong) or `right`' },
  ],
  options: [
    { flags: '--by <who>', summary: 'whose word it is (default: $USER)' },
    { flags: '--reason <text>', summary: 'why' },
  ],
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { findIncident, markIncident, viewHealing } = await import('../../workers/healing/desk.js');
    const word = textArgument(invocation, 1) ?? '';
    if (word !== 'false' && word !== 'right')
      throw new NxsError('USAGE', `"${word}" is no label; write \`false\` or \`right\`.`);
    const config = await loadFor(context);
    const view = await viewHealing(config, Date.now());
    const { id } = findIncident(view.incidents, textArgument(invocation, 0) ?? '');
    const label = LABELS[word];
    const reason = textOption(invocation, 'reason') ?? '';
    await markIncident(config, { incident: id, label, by: whoOf(invocation), reason });
    context.out(`${id} is on record as a ${word === 'false' ? 'false alarm' : 'right alarm'}.`);
    return 0;
  },
};
