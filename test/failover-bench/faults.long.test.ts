// The sixteen faults at their published length, with all waits as they are.
import { expect, it } from 'vitest';
import { gatewaySystem } from './support/gateway-system.js';
import { runTable, type Table } from './support/table.js';

function failures({ results }: Table): readonly string[] {
  return results.flatMap(({ scenario, verdict, reasons }) =>
    verdict === 'pass'
      ? []
      : [`${scenario.id} (${scenario.variant ?? ''}): ${verdict}: ${reasons.join('; ')}`],
  );
}

it('sixteen of sixteen pass with mid_stream: continue', async () => {
  const table = await runTable({ start: gatewaySystem('continue'), scale: 1, stream: true });
  expect(failures(table)).toEqual([]);
  expect(table.tally).toBe('16 pass, 0 partial, 0 safe, 0 fail');
}, 300_000);

it('none fails by default', async () => {
  const table = await runTable({ start: gatewaySystem('error'), scale: 1, stream: true });
  expect(table.results.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
}, 300_000);
