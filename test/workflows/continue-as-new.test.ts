// On a server of its own that suggests continue-as-new early: on the usual one a manager would have to live for weeks first.
import { Context } from '@temporalio/activity';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { inject } from 'vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineArguments } from '../../adapters/temporal/engine-command.js';
import { waitForTemporal } from '../../adapters/temporal/health.js';
import type { FailoverSnapshot } from '../../domain/failover/snapshot.js';
import type { Anomaly } from '../../domain/healing/model.js';
import type { HostWatch } from '../../domain/healing/steps.js';
import type { HealingStatus, ProviderManagerStatus, SwitchResult } from '../../workflows/messages.js';
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

describe('a healing loop with a long history', () => {
  it('goes on in a new run with what is wrong, and starts nothing twice', async () => {
    const known: HostWatch[] = [];
    const opened: string[] = [];
    const anomaly = (n: number): Anomaly => ({
      ...{ subject: `service:${String(n)}`, kind: 'service_down', detail: '', value: null },
      ...{ since: 1, detected: n, paths: [] },
    });
    const monitorHost = async (given: HostWatch): Promise<HostWatch> => {
      known.push(given);
      const turn = known.length;
      if (turn <= 12) return { anomalies: [...given.anomalies, anomaly(turn)], blind: [] };
      return await Context.current().cancelled;
    };
    const openIncident = ({ incident }: { readonly incident: string }) => {
      opened.push(incident);
      return Promise.resolve();
    };
    const planStep = () => Promise.resolve({ kind: 'cleared', detail: '' } as const);
    const closeIncident = () => Promise.resolve();
    await stage.playing({ monitorHost, openIncident, planStep, closeIncident }, async () => {
      const first = await stage.start('healingLoop', 'healing', { known: { anomalies: [], blind: [] } });
      const handle = stage.client.workflow.getHandle(first.workflowId);
      await until(() => known.length === 13 && opened.length === 12);
      const { raw } = await handle.describe();
      // The history of the run that is there now is none of all 12 turns.
      expect(Number(raw.workflowExecutionInfo?.historyLength)).toBeLessThan(60);
      expect(
        (await handle.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes,
      ).toMatchObject({
        continuedExecutionRunId: expect.stringMatching(/\w/) as string,
      });
      expect(new Set(opened).size).toBe(12);
      const { anomalies } = await handle.query<HealingStatus>('status');
      expect(anomalies).toHaveLength(12);
      await handle.terminate();
    });
  });
});
