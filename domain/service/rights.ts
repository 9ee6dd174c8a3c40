// What the commands of healing.yaml need beyond the rights of our user, as rules that a person puts in place: one unit and one verb
// each, never "manage units".

export interface Wish {
  /** Where it stands: `services.mihomo`, `levels.5`. */
  readonly where: string;
  readonly argv: readonly string[];
}

export interface Rights {
  /** Verbs by unit of the system's manager. */
  readonly units: readonly { readonly unit: string; readonly verb: string }[];
  readonly reboot: boolean;
  /** Commands that ask for sudo, without the word itself. */
  readonly sudo: readonly Wish[];
}

const VERBS = new Set(['restart', 'try-restart', 'reload', 'reload-or-restart', 'start', 'stop']);
const UNIT_TYPE = /\.(service|socket|target|timer|path|mount|slice|scope|device|swap|automount)$/;

/** What must be granted. A `systemctl --user` needs nothing; everything else that is not sudo runs with the user's own rights. */
export function rightsOf(wishes: readonly Wish[]): Rights {
  const units = new Map<string, { readonly unit: string; readonly verb: string }>();
  const sudo: Wish[] = [];
  let reboot = false;
  for (const wish of wishes) {
    const plain = withoutSudo(wish.argv);
    if (plain.length < wish.argv.length) sudo.push({ where: wish.where, argv: plain });
    if (nameOf(plain[0]) !== 'systemctl' || plain.includes('--user')) continue;
    const [verb = '', ...named] = plain.slice(1).filter((word) => !word.startsWith('-'));
    if (verb === 'reboot') reboot = true;
    if (VERBS.has(verb))
      for (const name of named) {
        const unit = UNIT_TYPE.test(name) ? name : `${name}.service`;
        units.set(`${verb} ${unit}`, { unit, verb });
      }
  }
  return { units: [...units.values()], reboot, sudo };
}

/** A polkit rule for the units, or null when none is needed. It works inside the sandbox: systemctl only asks over D-Bus. */
export function polkitRule({ units, reboot }: Rights, user: string): string | null {
  if (units.length === 0 && !reboot) return null;
  const who = `subject.user == ${JSON.stringify(user)}`;
  const lines = units.map(
    ({ unit, verb }) =>
      `  if (action.id == "org.freedesktop.systemd1.manage-units" && ${who} &&\n` +
      `      action.lookup("unit") == ${JSON.stringify(unit)} && action.lookup("verb") == ${JSON.stringify(verb)})\n` +
      '    return polkit.Result.YES;',
  );
  const restart = ['org.freedesktop.login1.reboot', 'org.freedesktop.login1.reboot-multiple-sessions'].map(
    (id) => `  if (action.id == ${JSON.stringify(id)} && ${who}) return polkit.Result.YES;`,
  );
  return [
    'polkit.addRule(function (action, subject) {',
    ...lines,
    ...(reboot ? restart : []),
    '});',
    '',
  ].join('\n');
}

/** Lines for `visudo -f /etc/sudoers.d/nxs`; a command that is not a whole path cannot stand there and is left out. */
export function sudoersLines({ sudo }: Rights, user: string): readonly string[] {
  const lines = sudo
    .filter(({ argv }) => argv[0]?.startsWith('/') === true)
    .map(({ argv }) => `${user} ALL=(root) NOPASSWD: ${argv.map(sudoersWord).join(' ')}`);
  return [...new Set(lines)];
}

function withoutSudo(argv: readonly string[]): readonly string[] {
  if (nameOf(argv[0]) !== 'sudo') return argv;
  const at = argv.findIndex((word, index) => index > 0 && !word.startsWith('-'));
  return at < 0 ? [] : argv.slice(at);
}

function nameOf(program = ''): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

/** sudoers(5): these characters separate or match unless they are escaped. */
function sudoersWord(word: string): string {
  return word.replaceAll(/[\\,:=*?[\]! "'#()]/g, (sign) => `\\${sign}`);
}
