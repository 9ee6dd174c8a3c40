// `nxs provider verify`: what each provider really can do, asked directly and past every breaker. It changes no state: a person
// looks, and the gateway goes on as before.
import { verifyProvider, type VerifyStep } from '../../adapters/llm/verify.js';
import { openWire } from '../../adapters/llm/wire.js';
import type { Config } from '../../config/types.js';
import { NxsError } from '../../domain/errors.js';
import { rosterOf } from '../../gateway/rules.js';

export type { VerifyStep };

export interface Verified {
  readonly name: string;
  /** partly: it answers, and lacks something that the configuration counts on. */
  readonly verdict: 'good' | 'partly' | 'bad' | 'not_configured';
  /** Variables without a value, when it is not configured. */
  readonly unset: readonly string[];
  readonly steps: readonly VerifyStep[];
}

export interface VerifyRequest {
  /** One provider; null: all. */
  readonly only: string | null;
  readonly env: NodeJS.ProcessEnv;
  readonly onStep: (provider: string, step: VerifyStep) => void;
}

/** Tries all at the same time, each one step by step. Throws NxsError USAGE for a name that nobody has. */
export async function verifyProviders(
  config: Config,
  { only, env, onStep }: VerifyRequest,
): Promise<readonly Verified[]> {
  const { usable, unusable } = rosterOf(config);
  const names = [...usable, ...unusable].map(({ rules }) => rules.name);
  if (only !== null && !names.includes(only)) {
    throw new NxsError('USAGE', `There is no provider "${only.slice(0, 80)}"; known: ${names.join(', ')}.`);
  }
  const asked = <T extends { rules: { name: string } }>(all: readonly T[]) =>
    all.filter(({ rules }) => only === null || rules.name === only);
  const wire = openWire({ env });
  try {
    const tried = asked(usable).map(async ({ rules, endpoint }): Promise<Verified> => {
      const { name, supports, timeout: timeoutMs, embeddingModel } = rules;
      const options = { supports, timeoutMs, embeddingModel };
      const steps = await verifyProvider(wire, endpoint, {
        ...options,
        onStep: (step) => onStep(name, step),
      });
      return { name, verdict: verdictOf(steps), unset: [], steps };
    });
    const left = asked(unusable).map(({ rules, unset }): Verified => ({
      name: rules.name,
      verdict: 'not_configured',
      unset,
      steps: [],
    }));
    return [...(await Promise.all(tried)), ...left];
  } finally {
    await wire.close();
  }
}

/** A list of models alone answers nobody. */
function verdictOf(steps: readonly VerifyStep[]): 'good' | 'partly' | 'bad' {
  if (steps.every(({ ok, needed }) => ok || !needed)) return steps.some(isAnswer) ? 'good' : 'bad';
  return steps.some(isAnswer) ? 'partly' : 'bad';
}

function isAnswer({ step, ok }: VerifyStep): boolean {
  return ok && step !== 'models';
}
