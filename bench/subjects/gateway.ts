import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './child-server.js';
import type { LlmPeer } from './llm-subject.js';
import { ourEnvironment } from './ours.js';
import { builtBench } from './root.js';
import type { Scratch } from './scratch.js';

/** Our gateway in a process of its own, with the settings that it has when a person writes nothing but the providers. */
export function ourGateway(scratch: Scratch): LlmPeer {
  return {
    name: 'ours',
    async start(providers) {
      const dir = scratch.dir('gateway');
      const configDir = path.join(dir, 'config');
      await mkdir(configDir);
      await writeFile(path.join(configDir, 'providers.yaml'), providersFile(providers));
      const own = ourEnvironment(scratch.env, path.join(dir, 'state'), path.join(dir, 'data'));
      const env = { ...own, NXS_CONFIG_DIR: configDir };
      const args = [builtBench('llm-gateway.js')];
      const server = await launch({ program: process.execPath, args, env, ready: '/v1/models' });
      return { name: this.name, headers: {}, model: 'auto', server };
    },
  };
}

/** providers.yaml with these, first one first. JSON is YAML. */
export function providersFile(providers: readonly string[]): string {
  return JSON.stringify({
    providers: providers.map((base_url, index) => ({
      name: `provider-${index}`,
      base_url,
      model: 'model',
      priority: index + 1,
    })),
  });
}
