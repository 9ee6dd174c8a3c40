import { launch, type ChildServer } from './child-server.js';
import { builtBench } from './root.js';

export type UpstreamMode = 'fine' | '500' | 'hang';

export interface LlmUpstream extends ChildServer {
  /** What the next POSTs meet. */
  mode(mode: UpstreamMode): Promise<void>;
  /** POSTs so far. */
  posts(): Promise<number>;
}

/** A provider that answers at once. */
export async function startUpstream(model: string): Promise<LlmUpstream> {
  const args = [builtBench('llm-upstream.js'), model];
  const server = await launch({ program: process.execPath, args, env: {}, ready: '/v1/models' });
  return {
    ...server,
    async mode(mode) {
      await (await fetch(`${server.url}/mode/${mode}`, { method: 'PUT' })).arrayBuffer();
    },
    async posts() {
      return ((await (await fetch(`${server.url}/count`)).json()) as { posts: number }).posts;
    },
  };
}
