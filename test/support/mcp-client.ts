// The official client on the other end of `nxs mcp`.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { join } from 'node:path';
import { ROOT, sealedEnv } from './e2e-cli.js';

export interface Agent {
  readonly client: Client;
  /** What a tool answers: its document, or the sentence of its refusal. */
  call(name: string, args?: Record<string, unknown>): Promise<Told>;
  close(): Promise<void>;
}

export interface Told {
  readonly refused: string | null;
  readonly exit: number | null;
  readonly result: Readonly<Record<string, unknown>>;
}

export async function openAgent(env: NodeJS.ProcessEnv): Promise<Agent> {
  const client = new Client({ name: 'an-agent', version: '1.0.0' });
  const args = [join(ROOT, 'bin/nxs'), 'mcp'];
  const all = sealedEnv(env) as Record<string, string>;
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env: all, stderr: 'ignore' }),
  );
  return {
    client,
    async call(name, given = {}) {
      const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
      const [first] = content as { readonly text: string }[];
      if (isError === true) return { refused: first?.text ?? '', exit: null, result: {} };
      const { exit, result } = structuredContent as { exit: number; result: Told['result'] };
      return { refused: null, exit, result };
    },
    close: () => client.close(),
  };
}
