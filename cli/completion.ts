// Completion scripts are made from the command definitions, so that they cannot fall behind them. The words are fixed per
// command; nothing is asked of the program while a person types.
import type { Command } from './definition.js';

const GLOBAL = ['--config', '--help', '--version'];

/** The script for a shell, or null when we have none for it. */
export function completionScript(shell: string, commands: readonly Command[]): string | null {
  const words = wordTable(commands);
  if (shell === 'bash') return bash(words);
  if (shell === 'zsh') return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
  if (shell === 'fish') return fish(words);
  return null;
}

/** What can follow: '' after `nxs`, 'backup' after `nxs backup`, 'backup run' after that. */
function wordTable(commands: readonly Command[]): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, Set<string>>([['', new Set([...GLOBAL, 'help'])]]);
  const add = (key: string, word: string): void => {
    table.set(key, (table.get(key) ?? new Set()).add(word));
  };
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    add('', first);
    if (second !== undefined) add(first, second);
    for (const { flags } of command.options ?? []) add(command.name, flags.split(/[ ,]/)[0] ?? flags);
    if (command.json === true) add(command.name, '--json');
    add(command.name, '--help');
  }
  return new Map([...table].map(([key, set]) => [key, [...set]]));
}

function bash(words: ReadonlyMap<string, readonly string[]>): string {
  const cases = [...words].map(([key, list]) => `    '${key}') list='${list.join(' ')}' ;;`);
  return [
    '_nxs() {',
    '  local list key cur="${COMP_WORDS[COMP_CWORD]}"',
    '  key="${COMP_WORDS[*]:1:COMP_CWORD-1}"',
    '  key="${key%% -*}"; [[ $key == -* ]] && key=""',
    '  case "$key" in',
    ...cases,
    "    *) list='' ;;",
    '  esac',
    '  COMPREPLY=($(compgen -W "$list" -- "$cur"))',
    '}',
    'complete -o default -F _nxs nxs',
  ].join('\n');
}

function fish(words: ReadonlyMap<string, readonly string[]>): string {
  const lines = [
    'function __nxs_words',
    '  set -l words (commandline -opc)[2..-1]',
    "  string match -v -- '-*' $words | string join ' '",
    'end',
    'complete -c nxs -f',
  ];
  for (const [key, list] of words) {
    lines.push(
      `complete -c nxs -n 'test (__nxs_words | string collect --allow-empty) = "${key}"' -a '${list.join(' ')}'`,
    );
  }
  return lines.join('\n');
}
