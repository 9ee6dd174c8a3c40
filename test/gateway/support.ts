// Two providers under the test's control behind a real gateway.
import { openUpstream, type ScriptedUpstream, type UpstreamOptions } from '../support/llm-upstream.js';
import { startGateway, type RunningGateway } from '../support/llm-gateway.js';

export interface Pair {
  readonly primary: ScriptedUpstream;
  readonly backup: ScriptedUpstream;
  readonly gateway: RunningGateway;
  /** POST of a chat; `stream` and the like by `more`. */
  readonly chat: (more?: object, init?: RequestInit) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export interface PairOptions {
  readonly primary?: Partial<UpstreamOptions>;
  readonly backup?: Partial<UpstreamOptions>;
  /** Lines of the `failover:` section. */
  readonly failover?: readonly string[];
  /** Lines of the primary, and of the backup. */
  readonly primaryLines?: readonly string[];
  readonly backupLines?: readonly string[];
}

export async function openPair(options: PairOptions = {}): Promise<Pair> {
  const primary = await openUpstream({ model: 'model-a', ...options.primary });
  const backup = await openUpstream({ model: 'model-b', ...options.backup });
  const entry = (name: string, up: ScriptedUpstream, priority: number, lines: readonly string[] = []) => [
    `  - name: ${name}`,
    `    base_url: ${up.url}`,
    `    model: ${up.model}`,
    `    priority: ${String(priority)}`,
    ...lines.map((line) => `    ${line}`),
  ];
  const gateway = await startGateway(
    [
      'providers:',
      ...entry('first', primary, 1, options.primaryLines),
      ...entry('second', backup, 2, options.backupLines),
      'failover:',
      '  global_timeout: 20',
      ...(options.failover ?? []).map((line) => `  ${line}`),
      '',
    ].join('\n'),
  );
  return {
    primary,
    backup,
    gateway,
    chat: (more = {}, init = {}) =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }], ...more }),
        ...init,
      }),
    async close() {
      await gateway.close();
      await Promise.all([primary.close(), backup.close()]);
    },
  };
}
