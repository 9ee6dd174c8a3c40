// On a server of its own that suggests continue-as-new early: on the usual one a manager would have to live for weeks first.
import { Context } from '@temporalio/activity';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { inject } from 'vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineArguments } from '../../adapters/temporal/engine-command.js';
import { waitForTemporal } from '../../adapters/temporal/health.js';
import type { FailoverSnapshot } from '../../domain/failover/snapshot.js';
import type { ProviderManagerStatus, SwitchResult } from '../../workflows/messages.js';
import { randomPorts } from '../support/temporal-plane.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { until } from '../support/until.js';

let server: ChildProcess;
let stage: Stage;
beforeAll(async () => {
  const { port, uiPort } = randomPorts();
  const dynamicConfig = ['limit.historyCount.suggestContinueAsNew=40'];
  const command = { host: '127.0.0.1', port, uiPort, database: null, ui: false, dynamicConfig };
  server = spawn(inject('temporalCli'), engineArguments(command), { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  await waitForTemporal(address, { timeout: 60_000 });
  stage = await openStage(address);
}, 120_000);
afterAll(async () => {
  await stage.close();
  server.kill('SIGKILL');
  await once(server, 'exit');
});

const providers = [
  { name: 'kimi', configured: true },
  { name: 'local', configured: true },
];

describe('a provider manager with a long history', () => {
  it('goes on in a new run with all that it knew, and loses no message on the way', async () => {
    const known: object[] = [];
    const monitorProviders = async (given: { readonly known: object }): Promise<never> => {
      known.push(given.known);
      const beat = setInterval(() => Context.current().heartbeat(), 200);
      try {
        if (known.length === 1)
          return { readings: [{ name: 'local', reading: { state: 'good', detail: '', at: 5 } }] } as never;
        return await Context.current().cancelled;
      } finally {
        clearInterval(beat);
      }
    };
    const applySwitch = () => Promise.resolve({ order: ['local', 'kimi'] });
    await stage.playing({ monitorProviders, applySwitch }, async () => {
      const first = await stage.start('providerManager', 'providers', { providers, state: null });
      const handle = stage.client.workflow.getHandle(first.workflowId);
      const args: [object] = [{ to: 'backup', forMs: null, by: 'ops' }];
      await handle.executeUpdate<SwitchResult, [object]>('switchProvider', { args });
      const runs = new Set<string>();
      for (let stamp = 1; stamp <= 40; stamp += 1) {
        const state = { since: 1, episode: stamp, until: null, reason: null, failures: [], cooling: null };
        const kimi = { stamp, state: 'closed', ...state };
        const none = { to: null, until: null, at: 0, by: '' };
        await handle.signal('report', { snapshot: { v: 1, providers: { kimi }, switch: none } });
        const seen = await handle.query<FailoverSnapshot>('snapshot');
        expect(seen.providers['kimi']?.stamp).toBe(stamp);
        runs.add((await handle.describe()).runId);
      }
      expect(runs.size).toBeGreaterThan(1);
      const { switch: current, providers: seen, order } = await handle.query<ProviderManagerStatus>('status');
      expect(current).toMatchObject({ to: 'local', by: 'ops' });
      expect(order).toEqual(['local', 'kimi']);
      expect(seen['local']?.health).toMatchObject({ state: 'good' });
      await until(() => known.length > 2);
      expect(known.at(-1)).toEqual({ local: 'good' });
      await handle.terminate();
    });
  });
});
