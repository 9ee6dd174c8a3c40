// What a level would do about an anomaly, exactly: the same data is shown, hashed, approved and carried out. A level that has
// nothing to run here says why; it is never passed over in silence, and an empty list is never "everything".
import { ACTIONS, targetOf, type Action, type Anomaly, type Level, type Permission } from './model.js';
import type { CommandLine } from './ports.js';
import type { HealingRules, LevelRules } from './rules.js';

/** A command of the configuration and how long it may take (ms). */
export interface Step {
  /** What it is for: a service's name, or the action. */
  readonly about: string;
  readonly command: CommandLine;
  readonly timeout: number;
}

export type Work =
  | { readonly kind: 'commands'; readonly steps: readonly Step[] }
  /** Old files in the cache directories of healing.yaml. */
  | { readonly kind: 'caches'; readonly paths: readonly string[] }
  /** Another provider goes first for a while. */
  | { readonly kind: 'switch' }
  /** Worker and embedded Temporal are ended; the supervisor starts them anew. */
  | { readonly kind: 'control_plane' }
  /** These files come back from the newest backup that proves right. */
  | { readonly kind: 'restore'; readonly paths: readonly string[] };

export interface Playbook {
  readonly level: Level;
  readonly action: Action;
  /** What it is done to, for a person and for the cooldown. */
  readonly target: string;
  readonly permission: Permission;
  readonly works: readonly Work[];
  /** Somebody may notice: it counts against the limits, and only one runs at a time. */
  readonly disruptive: boolean;
  /** ms after the last work until the metric may be asked for its effect. */
  readonly grace: number;
  /** One line each, for whoever is asked. */
  readonly downtime: string;
  readonly dataLoss: string;
}

export type Planned = { readonly playbook: Playbook } | { readonly skip: string };

/** What decides beside the configuration. */
export interface Possible {
  /** Another provider could go first. */
  readonly otherProvider: boolean;
  /** A destination holds a proved backup. */
  readonly restorable: boolean;
}

/** Level `level` against `anomaly`. `literal`: as the source document has it, whatever the anomaly is. */
export function planLevel(level: Level, anomaly: Anomaly, rules: HealingRules, possible: Possible): Planned {
  const reason = rules.escalation === 'literal' && level < 6 ? null : misfit(level, anomaly);
  if (reason !== null) return { skip: reason };
  const own = ownCommand(level, rules.levels[`${level}`]);
  if (own !== null && level !== 6) return { playbook: book(level, anomaly, rules, [own]) };
  const built = PLANS[level](anomaly, rules, possible);
  return typeof built === 'string' ? { skip: built } : { playbook: book(level, anomaly, rules, built) };
}

/** Levels that can do something about a kind (the source document's table, section 4). */
const FITTING: Readonly<Record<Anomaly['kind'], readonly Level[]>> = {
  memory_warning: [1, 2],
  memory_critical: [1, 2, 5],
  disk_critical: [1],
  service_down: [2, 5],
  provider_failure: [3],
  extension_crash: [4, 5],
  unresponsive: [5],
  data_corruption: [6],
};

/** Where the ladder begins. */
export function firstLevel(kind: Anomaly['kind']): Level {
  return FITTING[kind][0] ?? 6;
}

function misfit(level: Level, { kind }: Anomaly): string | null {
  if (level === 6 && kind !== 'data_corruption') return 'a restore needs evidence of damaged data';
  if (!FITTING[kind].includes(level)) return `it does not help against ${kind.replace('_', ' ')}`;
  return null;
}

function ownCommand(level: Level, { run, sh, timeout }: LevelRules): Work | null {
  const about = ACTIONS[level];
  if (run !== undefined)
    return { kind: 'commands', steps: [{ about, command: { kind: 'argv', argv: run }, timeout }] };
  if (sh !== undefined) return { kind: 'commands', steps: [{ about, command: { kind: 'sh', sh }, timeout }] };
  return null;
}

type Build = (anomaly: Anomaly, rules: HealingRules, possible: Possible) => readonly Work[] | string;

const DROP_CACHES: CommandLine = { kind: 'sh', sh: 'sync && echo 3 > /proc/sys/vm/drop_caches' };

const PLANS: Readonly<Record<Level, Build>> = {
  1: (_anomaly, { caches, levels }) => {
    const works: Work[] = [];
    if (caches.paths.length > 0) works.push({ kind: 'caches', paths: caches.paths });
    if (caches.drop_caches) {
      const { timeout } = levels['1'];
      works.push({ kind: 'commands', steps: [{ about: 'drop_caches', command: DROP_CACHES, timeout }] });
    }
    return works.length > 0 ? works : 'no cache directories are configured (healing.caches.paths)';
  },
  2: ({ kind, subject }, { services, escalation }) => {
    const isMeant = (name: string, relieves: readonly string[]): boolean =>
      kind === 'service_down' && name === targetOf(subject)
        ? true
        : escalation === 'literal' || (kind.startsWith('memory') && relieves.includes('memory'));
    const meant = services.filter(({ name, relieves }) => isMeant(name, relieves));
    const steps = meant.flatMap(({ name, restart, timeout }): Step[] =>
      restart === undefined ? [] : [{ about: name, command: { kind: 'argv', argv: restart }, timeout }],
    );
    if (steps.length > 0) return [{ kind: 'commands', steps }];
    if (meant.length > 0) return `${meant.map(({ name }) => name).join(', ')} has no \`restart\` command`;
    return 'no service is named whose restart could help (services[].relieves)';
  },
  3: (_anomaly, _rules, { otherProvider }) =>
    otherProvider ? [{ kind: 'switch' }] : 'no other provider can answer',
  4: ({ kind, subject }, { extensions, escalation }) => {
    const meant = extensions.filter(
      ({ name }) => escalation === 'literal' || (kind === 'extension_crash' && name === targetOf(subject)),
    );
    const steps = meant.map(({ name, reload, timeout }): Step => ({
      about: name,
      command: { kind: 'argv', argv: reload },
      timeout,
    }));
    return steps.length > 0 ? [{ kind: 'commands', steps }] : 'no extension is configured';
  },
  5: () => [{ kind: 'control_plane' }],
  6: ({ paths }, _rules, { restorable }) => {
    if (paths.length === 0) return 'it is not known which files are damaged';
    return restorable ? [{ kind: 'restore', paths }] : 'no destination holds a proved backup';
  },
};

function book(level: Level, anomaly: Anomaly, rules: HealingRules, works: readonly Work[]): Playbook {
  return {
    level,
    action: ACTIONS[level],
    target: targetName(level, anomaly),
    permission: rules.levels[`${level}`].permission,
    works,
    disruptive: level === 2 || level >= 4,
    grace: graceOf(anomaly, rules),
    downtime: downtimeOf(level, works),
    dataLoss: LOSSES[level],
  };
}

function targetName(level: Level, { subject }: Anomaly): string {
  if (level === 3) return 'providers';
  if (level === 5) return 'node';
  return level === 6 ? 'data' : (targetOf(subject) ?? subject);
}

/** ms: longest time until a process or a command of ours has had its effect on a soft metric. */
const SOFT_GRACE = 20_000;

function graceOf({ kind, subject }: Anomaly, { services, extensions }: HealingRules): number {
  const name = targetOf(subject);
  const rules = kind === 'extension_crash' ? extensions : services;
  return rules.find((each) => each.name === name)?.grace ?? SOFT_GRACE;
}

const LOSSES: Readonly<Record<Level, string>> = {
  1: 'none: only files that can be made anew, and that nobody used for a while',
  2: 'what the service holds in memory',
  3: 'none: running answers go on',
  4: 'what the extension holds in memory',
  5: 'none of ours: every job goes on after the restart; other programs lose what they have not saved',
  6: 'changes in the named files since that backup; the present ones are kept beside (nxs backup restore --undo)',
};

function downtimeOf(level: Level, works: readonly Work[]): string {
  if (level === 1 || level === 3) return 'none';
  if (level === 6) return 'none; sync rests meanwhile';
  if (works.some(({ kind }) => kind === 'control_plane'))
    return 'about 10 s without new jobs; the gateway goes on answering';
  const ms = works.flatMap((each) =>
    each.kind === 'commands' ? each.steps.map(({ timeout }) => timeout) : [],
  );
  return `as long as the command takes, at most ${String(Math.round(ms.reduce((a, b) => a + b, 0) / 1000))} s, and the start of what it restarts`;
}

/** Names of the services and extensions that its commands are about. */
export function touchedBy({ level, works }: Pick<Playbook, 'level' | 'works'>): readonly string[] {
  if (level !== 2 && level !== 4) return [];
  const about = works.flatMap((work) =>
    work.kind === 'commands' ? work.steps.map((step) => step.about) : [],
  );
  return about.filter((name) => name !== ACTIONS[level]);
}

/** What approval is given to: whoever changes a command changes the hash. `sha256` of a text, hex. */
export function planHash(playbook: Playbook, sha256: (text: string) => string): string {
  const { level, action, target, works } = playbook;
  return sha256(JSON.stringify({ level, action, target, works })).slice(0, 16);
}

/** Each thing that would be done, as a person would type or say it. Not yet redacted. */
export function linesOf({ works }: Pick<Playbook, 'works'>): readonly string[] {
  return works.flatMap((work) => {
    switch (work.kind) {
      case 'commands':
        return work.steps.map(({ command }) => lineOf(command));
      case 'caches':
        return [`remove old files below ${work.paths.join(', ')}`];
      case 'switch':
        return ['nxs-provider switch --backup --for 1h'];
      case 'control_plane':
        return ['end the worker and the embedded Temporal, and start them anew'];
      case 'restore':
        return work.paths.map((path) => `nxs backup restore ${quoted(path)}`);
    }
  });
}

function lineOf(command: CommandLine): string {
  return command.kind === 'sh' ? `sh -c ${quoted(command.sh)}` : command.argv.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
