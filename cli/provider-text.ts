// How providers read on a screen. Reasons and details come from servers of other people, so they are cleaned first.
import { canAnswer, type ProviderReport } from '../workers/failover/provider-view.js';
import type { SwitchResult } from '../workflows/messages.js';
import type { Context } from './definition.js';
import { printable } from './printable.js';

type View = ProviderReport['view'];
type Provider = View['providers'][number];

const LONGEST_REASON = 100;

/** The table of `nxs provider list`, in the order in which they would be asked. `now` in ms. */
export function printProviders(context: Context, view: View, now: number): void {
  const rows = view.providers.map((each, index) => [
    String(index + 1),
    oneLine(each.name),
    oneLine(each.model),
    stateOf(each, now),
    each.health?.state ?? '-',
    reasonOf(each),
  ]);
  const all = [['', 'provider', 'model', 'state', 'health', 'reason'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  all.forEach((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const line = cells.join('  ').trimEnd();
    const provider = view.providers[index - 1];
    if (provider === undefined) context.out(context.paint('dim', line));
    else if (canAnswer(provider, now)) context.out(line);
    else context.out(context.paint(provider.state === 'not_configured' ? 'dim' : 'bad', line));
  });
}

/** Who is asked first, and by whose word. */
export function whoIsFirst(view: View): string {
  const active = view.providers.find((each) => each.active);
  const first = active === undefined ? 'nobody is ready to answer' : `${oneLine(active.name)} is asked first`;
  return view.switch === null ? `${first}, by policy (${view.mode})` : `${first}; ${switchText(view.switch)}`;
}

/** The providers' part of `nxs status --json`. */
export interface ProvidersSummary {
  readonly running: boolean;
  readonly as_of: string | null;
  readonly active: string | null;
  readonly closed: number;
  readonly half_open: number;
  readonly open: number;
  readonly not_configured: number;
  readonly switch: View['switch'];
}

export function summaryOf({ running, as_of: asOf, view }: ProviderReport): ProvidersSummary {
  const of = (state: Provider['state']): number =>
    view.providers.filter((each) => each.state === state).length;
  return {
    running,
    as_of: asOf,
    active: view.providers.find((each) => each.active)?.name ?? null,
    closed: of('closed'),
    half_open: of('half_open'),
    open: of('open'),
    not_configured: of('not_configured'),
    switch: view.switch,
  };
}

/** The same for `nxs status` on a screen. */
export function printSummary(context: Context, report: ProviderReport): void {
  const summary = summaryOf(report);
  const counts = (['closed', 'half_open', 'open', 'not_configured'] as const).flatMap((state) =>
    summary[state] === 0 ? [] : [`${summary[state]} ${state.replaceAll('_', ' ')}`],
  );
  const first = summary.active === null ? 'nobody is ready' : `${oneLine(summary.active)} first`;
  const line = counts.length === 0 ? 'none in providers.yaml' : `${first} (${counts.join(', ')})`;
  context.out(`providers      ${context.paint(summary.active === null ? 'bad' : 'good', line)}`);
  if (summary.switch !== null) context.out(`  ${switchText(summary.switch)}`);
}

/** `switched to lmstudio by ann until 2026-11-24T01:00:00.000Z`. */
function switchText({ to, until, by }: NonNullable<View['switch']>): string {
  const end = until === null ? 'until it is taken back' : `until ${until}`;
  return `switched to ${oneLine(to)} by ${oneLine(by)} ${end}`;
}

function stateOf(provider: Provider, now: number): string {
  const { state, open_until: open, cooling_until: cooling, suspect, health } = provider;
  if (state === 'open' && open !== null) {
    const due = health?.state === 'bad' ? ', waits for its health' : ', a trial is due';
    return `open${left(open, now) ?? due}`;
  }
  if (cooling !== null && Date.parse(cooling) > now)
    return `${state.replaceAll('_', ' ')}, resting${left(cooling, now) ?? ''}`;
  return `${state.replaceAll('_', ' ')}${suspect ? ', silent now' : ''}`;
}

/** null: over. */
function left(until: string, now: number): string | null {
  const seconds = Math.ceil((Date.parse(until) - now) / 1000);
  return seconds > 0 ? `, ${seconds} s left` : null;
}

function reasonOf({ unset, reason, health, failures, threshold }: Provider): string {
  if (unset.length > 0) return `${unset.join(', ')} is not set`;
  if (reason !== null) return oneLine(reason);
  if (health?.state === 'bad') return oneLine(health.detail);
  return failures > 0 ? `${failures} of ${threshold} failures` : '';
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').slice(0, LONGEST_REASON);
}

/** What a switch or a reset answers. */
export function orderText({ to, until, order }: SwitchResult): string {
  const names = order.map(oneLine);
  const rest = names.length < 2 ? '' : `, then ${names.slice(1).join(', ')}`;
  const end = to === null ? 'by policy' : until === null ? 'until it is taken back' : `until ${until}`;
  return `${names[0] ?? 'nobody'} goes first ${end}${rest}`;
}
