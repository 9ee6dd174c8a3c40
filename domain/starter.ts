// What a brand-new agent's data directory starts with. The files exist so that a first backup has something to prove; they
// are never worth more than anybody's real memory, so every comparison treats them as absent (by their ids).

/** Path in the data directory -> text. */
export const STARTER_FILES: Readonly<Record<string, string>> = {
  'MEMORY.md': `# Memory

What this agent knows and should not forget. One topic a section; this file is replaced as a whole when it changes.
`,
  'DECISION-LOG.md': `# Decision log

Newest at the end. Entries are only ever added.
`,
  'TECHNOLOGY-MATRIX.md': `# Technology matrix

| Area | In use | Since | Why |
|---|---|---|---|
`,
  'memory/README.md': `# memory/

One Markdown file a topic or a day.
`,
  'config/agent.yaml': `# Settings of the agent that travel between its nodes. No secrets here: those stay in the environment of each node.
agent: {}
`,
};
