import type { Command } from '../definition.js';

export const mcp: Command = {
  name: 'mcp',
  summary:
    'an MCP server on stdin and stdout: the agent reads status and incidents, and asks for backups and drills',
  details:
    'For the configuration of an MCP client: command "nxs", args ["mcp"]. It can ask, never approve, deny, restore or switch (docs/mcp.md).',
  async run({ context }) {
    const { serveMcp } = await import('../mcp/serve.js');
    await serveMcp(context);
    return 0;
  },
};
