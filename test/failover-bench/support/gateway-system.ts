import { startGateway } from '../../support/llm-gateway.js';
import type { StartSystem, SystemSetup } from './system.js';

/** Our gateway in front of the two providers, with the defaults of the product and every time-out scaled. */
export function gatewaySystem(midStream: 'error' | 'continue'): StartSystem {
  return async (setup) => {
    const running = await startGateway(providersYaml(setup, midStream));
    return {
      url: running.url,
      async close() {
        await running.close();
        if (running.thrown.length > 0)
          throw new Error('a route of the gateway threw', { cause: running.thrown[0] });
      },
    };
  };
}

// The time-outs are the product's defaults: 30 s of silence, 30 s open, a window of 60 s, 4 s to the first hedge.
function providersYaml({ primary, fallback, scale }: SystemSetup, midStream: string): string {
  const seconds = (value: number) => value * scale;
  const provider = (name: string, { url, model }: SystemSetup['primary'], priority: number) =>
    `  - { name: ${name}, base_url: "${url}", model: "${model}", priority: ${priority}, timeout: ${seconds(30)}, ` +
    `retry: 2, circuit_breaker: { failure_threshold: 3, timeout_seconds: ${seconds(30)} } }`;
  return [
    'providers:',
    provider('primary', primary, 1),
    provider('fallback', fallback, 2),
    'failover:',
    `  { mode: sequential, global_timeout: ${seconds(300)}, window_seconds: ${seconds(60)}, ` +
      `hedge_after: ${seconds(4)}, mid_stream: ${midStream} }`,
    '',
  ].join('\n');
}
