// The systemd unit, line by line as docs/service.md explains it (systemd.service(5), systemd.exec(5), systemd.resource-control(5)).
import type { ServicePlan } from './plan.js';

type Line = readonly [key: string, value: string] | string;

/** Text of the unit, with `@SEAL@` where its seal goes. Throws nothing; paths with line breaks cannot come here (plan.ts refuses them). */
export function unitText(plan: ServicePlan): string {
  const { scope } = plan;
  const system = scope === 'system';
  const edit = system ? 'systemctl edit nxs' : 'systemctl --user edit nxs';
  const lines: readonly Line[] = [
    `# Written by \`nxs service install\` of nxs ${plan.version}. Changes of yours go into a drop-in: ${edit}`,
    '# @SEAL@',
    '[Unit]',
    ['Description', `NXS Resilience control plane of ${escapePercent(plan.node)}`],
    ['Documentation', `file:${plan.manual}`],
    ...when(system, ['Wants', 'network-online.target'], ['After', 'network-online.target']),
    ...when(system, ['RequiresMountsFor', quote(plan.stateDir)]),
    // It never gives up: the pauses between the tries are long enough.
    ['StartLimitIntervalSec', '0'],
    '',
    '[Service]',
    ['Type', 'notify'],
    ['NotifyAccess', 'all'],
    ...when(plan.user !== null, ['User', plan.user ?? '']),
    ['ExecStart', plan.command.map(execWord).join(' ')],
    ...Object.entries(plan.environment).map(([name, value]): Line => [
      'Environment',
      quote(`${name}=${value}`),
    ]),
    ...when(plan.credentialsFile !== null, [
      'LoadCredential',
      `nxs.env:${escapePercent(plan.credentialsFile ?? '')}`,
    ]),
    '',
    ['Restart', 'on-failure'],
    // A wrong configuration is not mended by another start.
    ['RestartPreventExitStatus', '2'],
    ['RestartSec', '5'],
    ...when((plan.systemd ?? 0) >= 254, ['RestartSteps', '6'], ['RestartMaxDelaySec', '2min']),
    ['WatchdogSec', '30'],
    // A first start fetches Temporal.
    ['TimeoutStartSec', '10min'],
    ['TimeoutStopSec', '60'],
    // A supervisor that hangs hears no signal but the last.
    ['TimeoutAbortSec', '10'],
    // Only the supervisor is signalled, and it ends its children. The runner of a healing command goes on, so its outcome stays known.
    ['KillMode', 'process'],
    // One process that memory ran out for is started anew by the supervisor; the others go on.
    ['OOMPolicy', 'continue'],
    '',
    ['MemoryMax', plan.limits.memoryMax],
    ['TasksMax', String(plan.limits.tasksMax)],
    ['LimitNOFILE', String(plan.limits.openFiles)],
    ['CPUWeight', String(plan.limits.cpuWeight)],
    '',
    ['UMask', '0077'],
    ...sandbox(plan),
    '',
    '[Install]',
    ['WantedBy', system ? 'multi-user.target' : 'default.target'],
    '',
  ];
  return lines.map((line) => (typeof line === 'string' ? line : `${line[0]}=${line[1]}`)).join('\n');
}

function sandbox(plan: ServicePlan): readonly Line[] {
  const { scope, sudo } = plan;
  // Each of these keeps a program from gaining rights, so sudo cannot work with any of them.
  const narrow: readonly Line[] = [
    ['NoNewPrivileges', 'yes'],
    ['SystemCallFilter', '@system-service'],
    ['SystemCallErrorNumber', 'EPERM'],
    ['SystemCallArchitectures', 'native'],
    ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
    ['RestrictNamespaces', 'yes'],
    ['RestrictRealtime', 'yes'],
    ['RestrictSUIDSGID', 'yes'],
    ['LockPersonality', 'yes'],
  ];
  // A user manager needs user namespaces for what follows, which some distributions refuse: the unit would not start there at all.
  if (scope === 'user') return sudo ? [] : narrow;
  const files: readonly Line[] = [
    ['ProtectSystem', 'strict'],
    ['ProtectHome', isAtHome(plan) ? 'read-only' : 'yes'],
    ...plan.writable.map((path): Line => ['ReadWritePaths', `-${quote(path)}`]),
    ['PrivateTmp', 'yes'],
    ['ProtectControlGroups', 'yes'],
    ['KeyringMode', 'private'],
    ['RemoveIPC', 'yes'],
  ];
  if (sudo) return files;
  return [
    ...files,
    ['CapabilityBoundingSet', ''],
    ['AmbientCapabilities', ''],
    ['PrivateDevices', 'yes'],
    ['ProtectKernelTunables', 'yes'],
    ['ProtectKernelModules', 'yes'],
    ['ProtectKernelLogs', 'yes'],
    ['ProtectClock', 'yes'],
    ['ProtectHostname', 'yes'],
    ...narrow,
  ];
}

/** Something that it has to reach lies where `ProtectHome=yes` would hide it. */
function isAtHome({ home, command, writable, stateDir, environment }: ServicePlan): boolean {
  const needed = [home, stateDir, ...command, ...writable, environment['NXS_CONFIG_DIR'] ?? ''];
  return needed.some((path) => /^\/(home|root|run\/user)(\/|$)/.test(path));
}

function when(condition: boolean, ...lines: readonly Line[]): readonly Line[] {
  return condition ? lines : [];
}

/** A word of Environment= or ReadWritePaths=: quoted, since blanks separate; percent signs are specifiers. */
function quote(word: string): string {
  const escaped = escapePercent(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return /^[\w./:=@%+,-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** A word of ExecStart=, where `$` would be filled as well. */
function execWord(word: string): string {
  return quote(word).replaceAll('$', '$$$$');
}

function escapePercent(text: string): string {
  return text.replaceAll('%', '%%');
}
