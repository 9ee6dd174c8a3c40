// The launchd agent of macOS (launchd.plist(5)): the same life as under systemd, without its sandbox and its watchdog.
import { LABEL, type ServicePlan } from './plan.js';

/** Text of the property list, with `@SEAL@` where its seal goes. */
export function plistText(plan: ServicePlan): string {
  const log = `${plan.stateDir}/logs/launchd.log`;
  const body = dict([
    ['Label', string(LABEL)],
    ['ProgramArguments', array(plan.command.map(string))],
    [
      'EnvironmentVariables',
      dict(Object.entries(plan.environment).map(([name, value]) => [name, string(value)])),
    ],
    ['RunAtLoad', '<true/>'],
    // Started anew after a crash; an end in good order is meant.
    ['KeepAlive', dict([['SuccessfulExit', '<false/>']])],
    ['ThrottleInterval', integer(10)],
    ['ExitTimeOut', integer(60)],
    ['ProcessType', string('Background')],
    ['Umask', integer(0o077)],
    ['SoftResourceLimits', dict([['NumberOfFiles', integer(plan.limits.openFiles)]])],
    ['WorkingDirectory', string('/')],
    ['StandardOutPath', string(log)],
    ['StandardErrorPath', string(log)],
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    `<!-- Written by nxs service install of nxs ${plan.version}. -->`,
    '<!-- @SEAL@ -->',
    '<plist version="1.0">',
    body,
    '</plist>',
    '',
  ].join('\n');
}

function dict(entries: readonly (readonly [string, string])[]): string {
  const lines = entries.map(([key, value]) => `<key>${escape(key)}</key>\n${value}`);
  return `<dict>\n${indent(lines.join('\n'))}\n</dict>`;
}

function array(values: readonly string[]): string {
  return `<array>\n${indent(values.join('\n'))}\n</array>`;
}

function string(text: string): string {
  return `<string>${escape(text)}</string>`;
}

function integer(value: number): string {
  return `<integer>${String(value)}</integer>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
