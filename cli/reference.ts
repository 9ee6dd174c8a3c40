// The command part of docs/cli.md, made from the definitions.
import type { Command } from './definition.js';
import { COMMANDS } from './registry.js';

/** Markdown: a section per command, in the order of the help. */
export function cliReference(): string {
  return COMMANDS.map(section).join('\n\n');
}

function section(command: Command): string {
  const args = (command.args ?? []).map(({ name }) => ` ${name}`).join('');
  const lines = [`### nxs ${command.name}`, '', `\`nxs ${command.name}${args}\`: ${command.summary}.`];
  if (command.details !== undefined) lines.push('', command.details);
  const rows = [
    ...(command.args ?? []).map(({ name, summary }) => [name, summary]),
    ...(command.options ?? []).map(({ flags, summary }) => [flags, summary]),
    ...(command.json === true ? [['--json', 'one JSON document on stdout']] : []),
  ];
  if (rows.length > 0) {
    lines.push(
      '',
      '| | |',
      '|---|---|',
      ...rows.map(([name = '', summary = '']) => `| \`${name}\` | ${summary} |`),
    );
  }
  return lines.join('\n');
}
