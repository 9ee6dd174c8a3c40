// Does the bench itself see faults? A proxy that does nothing about them must fail where it should, and nowhere else.
import { expect, it } from 'vitest';
import { startNaiveProxy } from './support/naive-proxy.js';
import { runTable } from './support/table.js';

it('a proxy that passes everything through gets each fault as it is', async () => {
  const table = await runTable({ start: startNaiveProxy, scale: 0.05, stream: true });
  expect(table.verdicts).toEqual({
    S01: 'safe',
    S02: 'safe',
    S03: 'safe',
    S04: 'safe',
    S05: 'safe',
    S06: 'fail',
    S07: 'partial',
    S08: 'fail',
    S09: 'safe',
    S10: 'fail',
    S11: 'fail',
    S12: 'safe',
    S13: 'pass',
    S14: 'safe',
    S15: 'fail',
    S16: 'safe',
  });
  expect(table.tally).toBe('1 pass, 1 partial, 9 safe, 5 fail');
}, 60_000);
