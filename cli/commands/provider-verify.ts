import type { VerifyStep } from '../../workers/failover/verify.js';
import { textArgument, type Command, type Context } from '../definition.js';

export const providerVerify: Command = {
  name: 'provider verify',
  summary:
    'ask each provider directly what it can do: models, chat, stream, tools, embeddings; exit 1 when none answers',
  details:
    'It needs no control plane and changes no state. Each provider gets up to four short calls, a few dozen tokens in all, ' +
    'which a paid one charges. With a name, exit 1 when that one does not do what it should.',
  args: [{ name: '[name]', summary: 'the provider; left out: all of them' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const only = textArgument(invocation, 0) ?? null;
    const { loadFor } = await import('../setup.js');
    const { verifyProviders } = await import('../../workers/failover/verify.js');
    const { verdictText, stepText } = await import('../verify-text.js');
    const config = await loadFor(context);
    context.note('each provider gets up to four short calls, a few dozen tokens in all');
    const width = Math.max(0, ...config.providers.providers.map(({ name }) => name.length));
    const onStep = (provider: string, step: VerifyStep): void => {
      if (!context.json) say(context, provider.padEnd(width), step, stepText(step));
    };
    const providers = await verifyProviders(config, { only, env: context.env, onStep });
    const answers = providers.some(({ verdict }) => verdict === 'good' || verdict === 'partly');
    const ok = only === null ? answers : providers.every(({ verdict }) => verdict === 'good');
    if (context.json) context.out(JSON.stringify({ ok, providers }));
    else for (const each of providers) context.out(`${each.name}: ${verdictText(context, each)}`);
    return ok ? 0 : 1;
  },
};

function say(context: Context, provider: string, { ok, needed }: VerifyStep, text: string): void {
  const colour = ok ? 'good' : needed ? 'bad' : 'dim';
  context.out(`  ${provider}  ${context.paint(colour, text)}`);
}
