// Providers that are gone, silent, slow, limited or cut their answers; and people who choose another one.
import { ask } from '../../drill/client.js';
import type { LlmFault } from '../../drill/stand-ins/llm-fault.js';
import { SEAL } from '../../drill/stand-ins/seal.js';
import type { ProvidersView } from '../../gateway/view.js';
import { NODES, PROVIDERS } from '../plan/catalogue.js';
import { atOnce, nodeOf, type Fault, type Stage } from './fault.js';

function showing(fault: LlmFault): Fault {
  return async ({ target }, stage) => {
    const llm = stage.world.llms.get(target);
    if (llm === undefined) return null;
    await llm.fault(fault);
    return {
      note: fault,
      lift: () => llm.fault('none'),
      recovered: () => answersAlone(stage, target),
    };
  };
}

const refused: Fault = async ({ target }, stage) => {
  const llm = stage.world.llms.get(target);
  if (llm === undefined) return null;
  await llm.kill();
  return { note: 'killed', lift: () => llm.start(), recovered: () => answersAlone(stage, target) };
};

/** Both gateways get an answer of this provider alone. */
async function answersAlone({ world }: Stage, name: string): Promise<boolean> {
  for (const node of NODES) {
    const { ok } = await ask(world.nodes[node].plane.http, {
      prompt: `${SEAL}back`,
      headers: { 'x-nxs-provider': name },
    });
    if (!ok) return false;
  }
  return true;
}

/** What a person types is tried again: the worker may be away at that moment. */
const switched: Fault = async (planned, stage) => {
  const { plane } = nodeOf(planned, stage);
  const to = PROVIDERS[Math.floor(planned.pick * PROVIDERS.length)] ?? PROVIDERS[0];
  const { code } = await plane.nxs('provider', 'switch', '--to', to, '--for', '1m', '--by', 'ann');
  return {
    note: `to ${to}, exit ${String(code)}`,
    async lift() {
      await plane.nxs('provider', 'switch', '--primary', '--by', 'ann');
    },
    recovered: async () => {
      const { body } = await plane.get('/api/providers');
      // Healing may have switched meanwhile, for an hour: that is its word, and not what is waited for.
      return (body as ProvidersView).switch?.by !== 'ann';
    },
  };
};

const reset: Fault = async (planned, stage) => {
  const { plane } = nodeOf(planned, stage);
  const { code } = await plane.nxs('provider', 'reset');
  return { note: `exit ${String(code)}`, lift: atOnce, recovered: () => Promise.resolve(true) };
};

export const PROVIDER_FAULTS: Readonly<Record<string, Fault>> = {
  'provider-refused': refused,
  'provider-error': showing('error'),
  'provider-hang': showing('hang'),
  'provider-slow': showing('slow'),
  'provider-rate-limited': showing('rate-limited'),
  'provider-cut-before-content': showing('cut-before-content'),
  'provider-cut-after-content': showing('cut-after-content'),
  'provider-switched': switched,
  'provider-reset': reset,
};
