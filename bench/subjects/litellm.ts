import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { launch } from './child-server.js';
import { freePort } from './free-port.js';
import type { LlmPeer } from './llm-subject.js';
import { findPeer } from './peer-script.js';
import type { Scratch } from './scratch.js';

/** LiteLLM's proxy with its defaults. A sentence when it is not there and must not be installed. */
export async function findLiteLlm(
  scratch: Scratch,
  install: boolean,
): Promise<LlmPeer | { readonly reason: string }> {
  const found = await findPeer('litellm.sh', ...(install ? ['install'] : []));
  if ('reason' in found) return found;
  const name = 'LiteLLM';
  return {
    name,
    async start(providers) {
      const dir = scratch.dir('litellm');
      const file = path.join(dir, 'config.yaml');
      await writeFile(file, configuration(providers));
      const port = await freePort();
      const args = ['--config', file, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False'];
      const url = `http://127.0.0.1:${port}`;
      const env = { ...scratch.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True', NO_PROXY: '127.0.0.1' };
      const ready = '/health/liveliness';
      const server = await launch({
        program: found.path,
        args,
        env,
        cwd: dir,
        url,
        ready,
        patience: 180_000,
      });
      return { name, headers: {}, model: 'model-0', server };
    },
  };
}

/** JSON is YAML. */
function configuration(providers: readonly string[]): string {
  const model_list = providers.map((api_base, index) => ({
    model_name: `model-${index}`,
    litellm_params: { model: 'openai/model', api_base, api_key: 'none' },
  }));
  const fallbacks = providers.length < 2 ? [] : [{ 'model-0': ['model-1'] }];
  return JSON.stringify({ model_list, litellm_settings: { fallbacks } });
}
