// The scenarios themselves, against gateways that keep their promises or do not.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { openKit, type OpenKit } from '../../drill/kit.js';
import { providerRefused } from '../../drill/failover/one-provider.js';
import type { FailoverSetting } from '../../drill/failover/setting.js';
import { streamCut } from '../../drill/failover/stream-cut.js';
import type { Plane } from '../../drill/scenario.js';
import { openLlm, type Llm } from '../../drill/stand-ins/open-llm.js';
import { ensureBuilt } from '../support/e2e-cli.js';

let kit: OpenKit | null = null;
let server: Server | null = null;

beforeAll(ensureBuilt, 120_000);
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await kit?.close();
});

/** A plane that is nothing but a gateway: `order` says who is asked, the first who answers counts. */
async function settingWith(order: (llms: readonly [Llm, Llm]) => readonly Llm[]): Promise<FailoverSetting> {
  kit = await openKit({ name: 'failover', program: process.execPath });
  const primary = await openLlm(kit, 'primary');
  const backup = await openLlm(kit, 'backup');
  const gateway = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      for (const llm of order([primary, backup])) {
        try {
          const answer = await fetch(`${llm.url}/v1/chat/completions`, { method: 'POST', body });
          const bytes = Buffer.from(await answer.arrayBuffer());
          response.setHeader('x-nxs-provider', llm.name).end(bytes);
          return;
        } catch {
          // The next one.
        }
      }
      response.writeHead(503).end('{}');
    })();
  });
  server = gateway;
  await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve));
  const http = `http://127.0.0.1:${String((gateway.address() as AddressInfo).port)}`;
  const plane = { http, journal: async () => [] } as unknown as Plane;
  return { kit, plane, primary, backup };
}

it('passes a gateway that fails over', async () => {
  const setting = await settingWith((both) => both);
  expect(await providerRefused.play(setting)).toMatchObject({ verdict: 'PASS' });
});

it('fails a gateway that does not fail over, and says what clients saw', async () => {
  const setting = await settingWith(([primary]) => [primary]);
  const { verdict, detail, proof } = await providerRefused.play(setting);
  expect(proof).toContain('ECONNREFUSED');
  expect(verdict).toBe('FAIL');
  expect(detail).toMatch(/calls failed.*only 0 of 8 calls were answered by backup/);
}, 60_000);

it('has no verdict when the provider that should be gone still answers', async () => {
  const setting = await settingWith((both) => both);
  const alive = { ...setting.primary, kill: async () => undefined };
  expect(await providerRefused.play({ ...setting, primary: alive })).toMatchObject({
    verdict: 'INCONCLUSIVE',
    proof: null,
  });
}, 60_000);

it('fails a gateway that sells a cut stream as whole', async () => {
  const setting = await settingWith(([, backup]) => [backup]);
  const { verdict, detail } = await streamCut.play(setting);
  expect(verdict).toBe('FAIL');
  expect(detail).toContain('was sold as whole');
});
