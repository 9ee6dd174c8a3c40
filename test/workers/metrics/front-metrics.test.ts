import { describe, expect, it } from 'vitest';
import { openFrontMetrics } from '../../../workers/metrics/front.js';

const NO_CHILD = { temporal: null };

describe('the page that Prometheus reads', () => {
  it('is there when a part hangs and another one is broken, and says which', async () => {
    const metrics = openFrontMetrics('home', {
      well: () => 'nxs_well 1',
      hung: () => new Promise<string>(() => undefined),
      broken: () => {
        throw new Error('no');
      },
    });
    const text = await metrics.text(NO_CHILD);
    expect(text).toContain('nxs_well 1\n');
    for (const [part, ok] of Object.entries({ worker: 0, well: 1, hung: 0, broken: 0 }))
      expect(text).toContain(`nxs_scrape_part_ok{part="${part}"} ${String(ok)}\n`);
    expect(text).toMatch(/^nxs_process_resident_memory_bytes\{process="supervisor"\} \d+$/m);
    expect(text).not.toContain('nxs_task_queue_backlog');
  });
});
