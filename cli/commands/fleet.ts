import { worstOf, type FleetNode } from '../../domain/fleet/fleet.js';
import type { Command, Context } from '../definition.js';

export const fleet: Command = {
  name: 'fleet',
  summary:
    'every node that this Temporal or this hub knows: is it there, does it need a person, is it backed up; exit 1 when one is bad, 4 when one is unknown',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { viewFleet } = await import('../../workers/fleet/view.js');
    const now = Date.now();
    const view = await viewFleet(await loadFor(context), now);
    const { nodes, temporal } = view;
    const light = worstOf(nodes);
    if (context.json) context.out(JSON.stringify({ light, ...view }));
    else {
      if (temporal.problem !== null) context.out(context.paint('bad', temporal.problem));
      print(context, nodes, now);
    }
    if (!temporal.reachable) return 3;
    return light === 'bad' ? 1 : light === 'unknown' ? 4 : 0;
  },
};

const COLUMNS = ['node', 'state', 'beat', 'version', 'host', 'last backup', 'last sync'] as const;

function print(context: Context, nodes: readonly FleetNode[], now: number): void {
  const rows = nodes.map((each) => cellsOf(each, now));
  const widths = COLUMNS.map((name, column) =>
    Math.max(name.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2))
      .join('')
      .trimEnd();
  context.out(context.paint('dim', line(COLUMNS)));
  nodes.forEach((each, index) => {
    const colour = each.light === 'unknown' ? 'dim' : each.light;
    context.out(line(rows[index] ?? []));
    context.out(`  ${context.paint(colour, each.detail)}`);
  });
}

function cellsOf(each: FleetNode, now: number): readonly string[] {
  const { node, own, light, last_beat: beat, last_change: change, version, host, details } = each;
  return [
    own ? `${node} (here)` : node,
    light,
    age(beat, now) ?? '-',
    version ?? '-',
    host ?? '-',
    lastText(details?.backup ?? null, now),
    details?.sync === null || details === null ? changeText(change, now) : lastText(details.sync, now),
  ];
}

function lastText(
  last: { readonly outcome: string; readonly at: string | null } | null,
  now: number,
): string {
  if (last === null) return '-';
  const ago = age(last.at, now);
  return `${last.outcome.replace('_', ' ')}${ago === null ? '' : `, ${ago} ago`}`;
}

function changeText(change: string | null, now: number): string {
  const ago = age(change, now);
  return ago === null ? '-' : `change ${ago} ago`;
}

function age(at: string | null, now: number): string | null {
  if (at === null) return null;
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 120) return `${String(seconds)} s`;
  if (seconds < 7_200) return `${String(Math.round(seconds / 60))} min`;
  return seconds < 172_800
    ? `${String(Math.round(seconds / 3600))} h`
    : `${String(Math.round(seconds / 86_400))} d`;
}
