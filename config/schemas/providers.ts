// providers.yaml: who answers, in which order, and when a provider counts as gone. The source document's file
// loads unchanged; a breaker or time-out that could never act is refused (litellm and Portkey have such).
import { isIP } from 'node:net';
import * as z from 'zod';
import { duration, formatDuration } from './duration.js';
import { refuseTwins } from './rules.js';
import { secret } from './secret.js';
import { httpUrl, name, text } from './text.js';

const breaker = z.strictObject({
  failure_threshold: z.int().min(1).default(3).describe('Failures inside the window that open the breaker.'),
  timeout_seconds: z
    .number()
    .positive()
    .default(30)
    .describe('Seconds that the breaker stays open before a trial.'),
});

const provider = z.strictObject({
  name: name().describe('Name in commands, headers and pages.'),
  base_url: httpUrl().describe('OpenAI-compatible base URL, with its /v1.'),
  api_key: secret()
    .optional()
    .describe(
      'Key sent as `Authorization: Bearer`. An unset variable makes the provider "not configured"; left out: none is sent.',
    ),
  model: text()
    .default('auto-detect')
    .describe('Model to ask for; auto-detect means the one that is loaded.'),
  embedding_model: text()
    .optional()
    .describe(
      'Model for /v1/embeddings when it is another one; a request only moves between providers with the same.',
    ),
  priority: z.int().min(0).default(100).describe('Lower goes first.'),
  timeout: duration()
    .optional()
    .describe(
      'Longest silence, before the first content and between chunks; default 30s, or the whole global_timeout if that is less.',
    ),
  retry: z
    .int()
    .min(0)
    .max(10)
    .default(1)
    .describe('Further tries on this provider, capped by failover.max_retries_per_provider.'),
  circuit_breaker: breaker.prefault({}).describe('When this provider counts as gone, and for how long.'),
  weight: z.number().positive().default(1).describe('Share of the calls in mode weighted.'),
  cost: z
    .number()
    .nonnegative()
    .optional()
    .describe('Price per million tokens, in any one currency; shown and used to break ties.'),
  context_length: z.int().positive().optional().describe('Tokens that the model takes; left out: unknown.'),
  supports: z
    .array(z.enum(['chat', 'completions', 'embeddings', 'stream', 'tools', 'vision', 'json']))
    .optional()
    .describe('What the provider can do; left out: everything is tried.'),
  location: z
    .enum(['local', 'remote'])
    .optional()
    .describe('Where prompts end up; left out: local for loopback and private addresses, else remote.'),
});

const failover = z.strictObject({
  mode: z
    .enum(['sequential', 'parallel', 'weighted'])
    .default('sequential')
    .describe('By priority, a race, or by weight.'),
  max_retries_per_provider: z.int().min(0).max(10).default(2).describe("Cap on every provider's retry."),
  global_timeout: duration().prefault(300).describe('Longest a whole call may take (a number is seconds).'),
  window_seconds: z.number().positive().default(60).describe('Seconds inside which failures are counted.'),
  hedge_after: duration()
    .optional()
    .describe(
      'A provider silent for this long gets company, until a limit is learned; default 4s, or half of global_timeout if that is less.',
    ),
  first_byte_timeout: duration().optional().describe('Fixed limit for the first content; left out: learned.'),
  idle_timeout: duration()
    .optional()
    .describe("Fixed limit between chunks; left out: the provider's timeout."),
  half_open_max: z.int().min(1).default(1).describe('Trials at a time that a half-open breaker admits.'),
  mid_stream: z
    .enum(['error', 'continue'])
    .default('error')
    .describe(
      'What happens when a provider dies after its first content: an error event, or continuation on the next.',
    ),
  local_to_remote: z
    .enum(['allow', 'forbid'])
    .default('allow')
    .describe('May a call that began on a local provider go on on a remote one?'),
});

/** Prompts sent to loopback, private (RFC 1918, RFC 4193), link-local or `.local` hosts stay in the house. */
function locationOf(baseUrl: string): 'local' | 'remote' {
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.local')) return 'local';
  if (isIP(host) === 4)
    return /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(host) ? 'local' : 'remote';
  if (isIP(host) === 6) return /^(::1$|f[cd]|fe[89ab])/i.test(host) ? 'local' : 'remote';
  return 'remote';
}

/** Schema of providers.yaml. */
export const providersSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Only for editors.'),
    providers: z.array(provider).prefault([]).describe('The providers.'),
    failover: failover.prefault({}).describe('How calls move from one provider to the next.'),
  })
  .superRefine((file, context) => {
    refuseTwins(file.providers, ['providers'], 'provider', context);
    const whole = file.failover.global_timeout;
    file.providers.forEach((each, index) => {
      if ((each.timeout ?? 0) <= whole) return;
      const message = `can never engage: failover.global_timeout (${formatDuration(whole)}) ends the call first`;
      context.addIssue({ code: 'custom', path: ['providers', index, 'timeout'], message });
    });
    for (const key of ['hedge_after', 'first_byte_timeout', 'idle_timeout'] as const) {
      if ((file.failover[key] ?? 0) < whole) continue;
      const message = `can never engage: failover.global_timeout (${formatDuration(whole)}) ends the call first`;
      context.addIssue({ code: 'custom', path: ['failover', key], message });
    }
  })
  .transform(({ providers, failover }) => ({
    providers: providers.map((each) => ({
      ...each,
      timeout: each.timeout ?? Math.min(30_000, failover.global_timeout),
      location: each.location ?? locationOf(each.base_url),
    })),
    failover: {
      ...failover,
      hedge_after: failover.hedge_after ?? Math.min(4000, failover.global_timeout / 2),
    },
  }))
  .meta({ title: 'providers.yaml' });
