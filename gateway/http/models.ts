// GET /v1/models: names that a request may use. A provider's name and its model both prefer that provider.
import type { ServerResponse } from 'node:http';
import type { Desk } from '../desk.js';

/** OpenAI's list, with `auto` first: it leaves the choice to the policy. */
export function sendModels(desk: Desk, started: number, response: ServerResponse): void {
  const { usable } = desk.roster;
  const owners = new Map<string, string>([['auto', 'nxs']]);
  for (const { rules } of usable) {
    owners.set(rules.name, rules.name);
    for (const model of [rules.model, rules.embeddingModel])
      if (model !== null && model !== 'auto-detect' && !owners.has(model)) owners.set(model, rules.name);
  }
  const created = Math.floor(started / 1000);
  const data = [...owners].map(([id, owner]) => ({ id, object: 'model', created, owned_by: owner }));
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify({ object: 'list', data })}\n`);
}
