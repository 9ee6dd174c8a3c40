// The status alone lies: an empty purse comes as 400, 402, 403 or 429, a full context as 400, 413 or 500.
import type { ErrorFields } from './error-fields.js';
import type { Fault } from './fault.js';

/** What an error's words say it is. `what` is ours, and safe to tell. */
export interface Sign {
  readonly fault: Fault;
  readonly what: string;
  /** Recognised by a code, not by words. */
  readonly byCode: boolean;
  /** The same call would fail again at once. */
  readonly final: boolean;
}

interface Rule {
  readonly fault: Fault;
  readonly what: string;
  /** Statuses in which the words are believed; 200 stands for an error inside a stream. */
  readonly statuses: (status: number) => boolean;
  readonly codes?: RegExp;
  readonly words?: RegExp;
  readonly param?: RegExp;
  readonly final?: true;
}

const asked = (status: number): boolean => status < 500;
const always = (): boolean => true;
const purse = (status: number): boolean => [200, 400, 402, 403, 429].includes(status);

// In this order. Words are as providers have been seen to write them; each row of the test names the writer.
const RULES: readonly Rule[] = [
  {
    fault: 'unsupported',
    what: 'stream_options is not supported',
    statuses: asked,
    param: /^stream_options/,
    words: /stream_options|include_usage/,
  },
  {
    fault: 'unsupported',
    what: 'an assistant message at the end is not supported',
    statuses: asked,
    words:
      /\bprefill|(conversation|messages|last message|final message)\b.{0,60}\b(must|should|has to|needs to)\b.{0,30}\b(user|assistant)\b|assistant messages? at the end|in the final position|final assistant content|must alternate|expected last role|add_generation_prompt|continue_final_message/i,
  },
  {
    fault: 'context_length',
    what: 'the context is too long',
    statuses: always,
    codes: /^(context_length_exceeded|exceed_context_size_error|(model_)?context_window_exceeded)$/i,
    words:
      /maximum context length|context (length|size|window|limit)\b.{0,80}\b(exceeded|overflow|only|not enough|too (long|small|large))|\b(exceeds?|exceeded|exceeding|greater than|longer than|larger than)\b.{0,60}\bcontext (length|size|window|limit)|context (the )?overflows|n_ctx|prompt is too long|input (token )?length (is )?too long|exceeded model token limit|input token count.{0,40}exceeds|max_tokens must be at least 1, got -|reduce the length of the (input|prompt|messages)/i,
  },
  {
    fault: 'too_large',
    what: 'the request is too large',
    statuses: asked,
    codes: /^request_too_large$/i,
    words: /total message size \d+ exceeds|request (entity |body )?too large/i,
  },
  {
    fault: 'content_filter',
    what: 'the content filter refused it',
    statuses: asked,
    codes:
      /^(content_filter|content_policy_violation|ResponsibleAIPolicyViolation|moderation_blocked|data_inspection_failed)$/i,
    words:
      /content (management )?polic|content.?filter|considered high risk|requires moderation|content exists risk|was flagged|flagged (by|for|as)\b|safety system|inappropriate content/i,
  },
  {
    fault: 'credit',
    what: 'no credit is left',
    statuses: purse,
    codes:
      /^(insufficient_(user_)?quota|exceeded_current_quota_error|billing_hard_limit_reached|billing_not_active|insufficient_balance|insufficient_credits|Arrearage)$/i,
    words:
      /credit balance is too low|insufficient (account )?(credits?|balance|quota|funds)|exceeded your current quota|billing (hard )?limit|requires more credits|out of credits|usage limit for this|monthly usage limit|account is not active/i,
  },
  {
    fault: 'unauthorized',
    what: 'the key is refused',
    statuses: (status) => status === 400 || status === 403,
    codes: /^(invalid_api_key|invalid_authentication_error|incorrect_api_key_error|authentication_error)$/i,
    words: /api key not valid|(incorrect|invalid) api key/i,
  },
  {
    fault: 'model_missing',
    what: 'the model is not there',
    statuses: asked,
    codes: /^(model_not_found|model_not_loaded|DeploymentNotFound)$/i,
    words:
      /\bmodel\b.{0,200}\b(not found|does(n't| not) exist|is not loaded|not a valid)|not found the model|not a valid model|unknown model|no models? (is |are )?(currently )?loaded|model (is |was )?unloaded|failed to load model|try pulling|no endpoints found for/i,
  },
  {
    fault: 'unsupported',
    what: 'a feature that the request uses is not supported',
    statuses: (status) => asked(status) || status === 500 || status === 501,
    codes: /^(unsupported_(parameter|value|model)|not_supported_error|OperationNotSupported)$/i,
    words:
      /\b(does|do) not support\b|\b(is|are) not supported\b|no endpoints found that support|requires? --[a-z-]+|start it with `?--/i,
  },
  {
    fault: 'server_error',
    what: 'overloaded',
    statuses: always,
    codes: /^(engine_overloaded_error|overloaded_error|overloaded)$/i,
    final: true,
  },
  {
    fault: 'server_error',
    what: 'the model is loading',
    statuses: (status) => status === 503,
    codes: /^unavailable_error$/i,
    words: /^loading model|model is (currently |still )?loading/i,
    final: true,
  },
  {
    fault: 'rate_limited',
    what: 'too many calls',
    statuses: (status) => status === 200 || status === 400 || status === 403,
    codes: /^(rate_limit_exceeded|rate_limit_reached_error|rate_limit_error|rate_limit|too_many_requests)$/i,
  },
];

/** The first thing that an error's codes, flags and words give away; null when they say nothing that we know. */
export function signOf(fields: ErrorFields, status: number): Sign | null {
  for (const rule of RULES) {
    if (!rule.statuses(status)) continue;
    const byCode =
      (fields.flagged && rule.fault === 'content_filter') ||
      fields.codes.some((code) => rule.codes?.test(code));
    const byParam = fields.param !== '' && rule.param?.test(fields.param) === true;
    if (byCode || byParam || rule.words?.test(fields.message) === true)
      return { fault: rule.fault, what: rule.what, byCode, final: rule.final === true };
  }
  return null;
}
