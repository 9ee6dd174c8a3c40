// Builds the parser from the definitions.
import { Command as Commander, Option as CommanderOption } from 'commander';
import type { Command, Invocation } from './definition.js';
import type { Globals } from './context.js';
import { COMMANDS } from './registry.js';
import { packageVersion } from '../workers/package-version.js';

export type Execute = (
  command: Command,
  parts: Pick<Invocation, 'args' | 'options'> & { readonly globals: Globals },
) => Promise<void>;

const GROUPS: Readonly<Record<string, string>> = {
  backup: 'back up, verify, restore',
  config: 'check and show the configuration',
  journal: 'the record of everything that happened',
  notify: 'who is told of trouble: list, test',
  approver: 'who may approve with a signature',
  encryption: 'keys for what Temporal stores: new-key, status',
  workflow: 'running workflows after an upgrade: check, restart',
  'temporal-db': "the embedded Temporal's database: list, restore",
  heal: 'incidents: list, show, log, trigger, pause',
  provider: 'who answers the agent: list, switch, verify, reset',
  service: 'run it as a service of this machine: install, status, uninstall',
  sync: 'the state that nodes share: run, status, log, conflicts',
};

const FIRST_STEPS = `
First steps:
  nxs up        starts everything on safe defaults: no account, no key. Ctrl-C stops it
  nxs status    in a second terminal: one screen
  nxs init      writes the configuration files to edit; nxs config check reads them
  nxs doctor    says what this machine lacks`;

/** The whole program; parse errors are thrown as CommanderError. */
export function buildProgram(execute: Execute): Commander {
  const program = new Commander('nxs')
    .description(
      'Keeps a self-hosted AI agent alive: an LLM that answers, backups that are proved, on Temporal.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'help for a command')
    .option('--config <dir>', 'directory of the configuration files')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(nxs help shows every command)')
    .addHelpText('after', FIRST_STEPS)
    .exitOverride();
  const groups = new Map<string, Commander>();
  for (const command of COMMANDS) {
    const words = command.name.split(' ');
    const last = words.pop() ?? command.name;
    const [group] = words;
    addCommand(group === undefined ? program : groupOf(program, groups, group), last, command, execute);
  }
  return program;
}

function groupOf(program: Commander, groups: Map<string, Commander>, name: string): Commander {
  // `nxs fleet` is a command, and the group of `nxs fleet join`.
  const known = groups.get(name) ?? program.commands.find((each) => each.name() === name);
  if (known !== undefined) return known;
  const group = program
    .command(name)
    .description(GROUPS[name] ?? name)
    .helpCommand(true)
    .exitOverride();
  groups.set(name, group);
  return group;
}

function addCommand(parent: Commander, name: string, definition: Command, execute: Execute): void {
  const command = parent.command(name).description(definition.summary).exitOverride();
  if (definition.details !== undefined) command.addHelpText('after', `\n${definition.details}`);
  for (const { name: argument, summary } of definition.args ?? []) command.argument(argument, summary);
  for (const { flags, summary } of definition.options ?? [])
    command.addOption(new CommanderOption(flags, summary));
  if (definition.json === true) command.option('--json', 'one JSON document on stdout');
  if (definition.raw === true) command.allowUnknownOption().passThroughOptions().helpOption(false);
  command.action(async (...received: unknown[]) => {
    const count = definition.args?.length ?? 0;
    const options = received[count] as Invocation['options'];
    const all = command.optsWithGlobals<Record<string, unknown>>();
    const config = typeof all['config'] === 'string' ? all['config'] : undefined;
    await execute(definition, {
      args: received.slice(0, count) as Invocation['args'],
      options,
      globals: { config, json: all['json'] === true },
    });
  });
}
