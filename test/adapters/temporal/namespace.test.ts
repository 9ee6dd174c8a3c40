import { describe, expect, inject, it } from 'vitest';
import { connectTemporal } from '../../../adapters/temporal/connect.js';
import { embeddedTarget } from '../../../adapters/temporal/target.js';
import { ensureRetention, ensureSearchAttributes } from '../../../adapters/temporal/namespace.js';
import { SEARCH_ATTRIBUTES } from '../../../domain/ids.js';

describe('the namespace', () => {
  it('gets its retention, however often it is asked for', async () => {
    await withScratchNamespace(async (client, namespace) => {
      for (const days of [7, 7, 3]) {
        await ensureRetention(client, days);
        const { config } = await client.connection.workflowService.describeNamespace({ namespace });
        expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(days * 86_400);
      }
    });
  });

  it('gets the search attributes that it lacks, however often they are asked for', async () => {
    await withScratchNamespace(async (client, namespace) => {
      expect(await ensureSearchAttributes(client)).toBeNull();
      expect(await ensureSearchAttributes(client)).toBeNull();
      const { operatorService } = client.connection as never as {
        operatorService: { listSearchAttributes(r: object): Promise<{ customAttributes: object }> };
      };
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
    });
  });

  it('is told in one sentence what to ask for where we may not register anything', async () => {
    const target = { ...embeddedTarget(inject('temporalAddress'), []), namespace: 'no-such-namespace' };
    const { client, close } = await connectTemporal(target);
    expect(await ensureSearchAttributes(client)).toMatch(/NxsNode=Keyword, .* could not be registered/);
    await close();
  });
});

async function withScratchNamespace(
  use: (client: Awaited<ReturnType<typeof connectTemporal>>['client'], namespace: string) => Promise<void>,
): Promise<void> {
  const namespace = `scratch-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const target = { ...embeddedTarget(inject('temporalAddress'), []), namespace };
  const { client, close } = await connectTemporal(target);
  try {
    await client.connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    // The frontend's namespace cache learns of a new one after a moment.
    await expect
      .poll(
        () =>
          ensureRetention(client, 1).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    await use(client, namespace);
  } finally {
    await close();
  }
}
