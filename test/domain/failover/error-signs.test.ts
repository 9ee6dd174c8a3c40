import { describe, expect, it } from 'vitest';
import { observe } from '../../../domain/failover/classify-status.js';
import type { Fault } from '../../../domain/failover/fault.js';
import type { Json } from '../../../domain/openai/record.js';

const said = (message: string, more: object = {}): object => ({ error: { message, ...more } });

function faultOf(status: number, json: object | null, text = ''): Fault {
  return observe({ status, headers: {}, json: json as Json | null, text }, 0).fault;
}

// Who was seen to write it, its status, its body.
const WORDS: readonly (readonly [string, number, object, Fault])[] = [
  ['OpenAI', 400, said('x', { code: 'context_length_exceeded' }), 'context_length'],
  [
    'vLLM',
    400,
    said("This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"),
    'context_length',
  ],
  [
    'vLLM 0.16',
    400,
    said("You passed 1015 input tokens. However, the model's context length is only 1024 tokens"),
    'context_length',
  ],
  [
    'older vLLM',
    400,
    { object: 'error', message: 'max_tokens must be at least 1, got -186.', code: 400 },
    'context_length',
  ],
  [
    'llama.cpp',
    400,
    said('request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it', {
      type: 'exceed_context_size_error',
    }),
    'context_length',
  ],
  [
    'llama.cpp, in mid answer',
    500,
    said('Context size has been exceeded.', { type: 'server_error' }),
    'context_length',
  ],
  [
    'LM Studio',
    400,
    {
      error:
        'Trying to keep the first 6547 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
    },
    'context_length',
  ],
  [
    'LM Studio 0.4',
    400,
    {
      error:
        'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096).',
    },
    'context_length',
  ],
  [
    'Moonshot',
    400,
    said('Invalid request: Your request exceeded model token limit: 262144', {
      type: 'invalid_request_error',
    }),
    'context_length',
  ],
  [
    'Moonshot, input',
    400,
    said('Input token length too long', { type: 'invalid_request_error' }),
    'context_length',
  ],
  ['Anthropic', 400, said('prompt is too long: 200251 tokens > 200000 maximum'), 'context_length'],
  [
    'Gemini',
    400,
    said('The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
    'context_length',
  ],
  ['OpenAI, filter', 400, said('x', { code: 'content_policy_violation' }), 'content_filter'],
  [
    'Azure',
    400,
    said("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", {
      code: 'content_filter',
      innererror: { code: 'ResponsibleAIPolicyViolation' },
    }),
    'content_filter',
  ],
  [
    'Moonshot, filter',
    400,
    said('The request was rejected because it was considered high risk', { type: 'content_filter' }),
    'content_filter',
  ],
  [
    'OpenRouter, moderation',
    403,
    { error: { code: 403, message: 'x', metadata: { reasons: ['violence'], flagged_input: 'y' } } },
    'content_filter',
  ],
  ['DeepSeek', 400, said('Content Exists Risk'), 'content_filter'],
  [
    'OpenAI, credit',
    429,
    said('You exceeded your current quota, please check your plan and billing details.', {
      code: 'insufficient_quota',
    }),
    'credit',
  ],
  [
    'Moonshot, credit',
    403,
    said('Your account is suspended', { type: 'exceeded_current_quota_error' }),
    'credit',
  ],
  ['Anthropic, credit', 400, said('Your credit balance is too low to access the API.'), 'credit'],
  [
    'OpenRouter, credit',
    402,
    said('Insufficient credits. Add more using https://openrouter.ai/credits', { code: 402 }),
    'credit',
  ],
  ['Kimi Code', 403, said("You've reached your usage limit for this billing cycle."), 'credit'],
  [
    'OpenAI, model',
    404,
    said('The model `gpt-9` does not exist or you do not have access to it.', { code: 'model_not_found' }),
    'model_missing',
  ],
  ['vLLM, model', 404, said('The model `x` does not exist.', { type: 'NotFoundError' }), 'model_missing'],
  [
    'Ollama',
    404,
    said('model "llama3" not found, try pulling it first', { type: 'api_error' }),
    'model_missing',
  ],
  [
    'LM Studio, none',
    404,
    said('No models loaded. Please load a model in the developer page'),
    'model_missing',
  ],
  ['LM Studio, unloaded', 400, { error: 'Model unloaded.' }, 'model_missing'],
  ['OpenRouter, model', 400, said('foo/bar is not a valid model ID', { code: 400 }), 'model_missing'],
  [
    'Azure, model',
    404,
    said('The API deployment for this resource does not exist.', { code: 'DeploymentNotFound' }),
    'model_missing',
  ],
  [
    'Moonshot, model',
    404,
    said('Not found the model kimi-9 or Permission denied', { type: 'resource_not_found_error' }),
    'model_missing',
  ],
  [
    'new-api',
    400,
    said("Unknown parameter: 'stream_options'.", { param: 'stream_options', code: 'unknown_parameter' }),
    'unsupported',
  ],
  [
    'vLLM, options',
    400,
    { object: 'error', message: "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options')}]" },
    'unsupported',
  ],
  [
    'Mistral',
    422,
    {
      object: 'error',
      message: { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options', 'include_usage'] }] },
    },
    'unsupported',
  ],
  [
    'llama.cpp, prefill',
    400,
    said('Assistant response prefill is incompatible with enable_thinking.', { code: 400 }),
    'unsupported',
  ],
  ['Anthropic, prefill', 400, said('The conversation must end with a user message.'), 'unsupported'],
  [
    'Ollama, prefill',
    400,
    said('Cannot have 2 or more assistant messages at the end of the list.'),
    'unsupported',
  ],
  [
    'Mistral, prefill',
    400,
    said('Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant'),
    'unsupported',
  ],
  ['Ollama, tools', 400, said('registry.ollama.ai/library/gemma:2b does not support tools'), 'unsupported'],
  [
    'llama.cpp, tools',
    500,
    said('tools param requires --jinja flag', { code: 500, type: 'server_error' }),
    'unsupported',
  ],
  [
    'llama.cpp, embeddings',
    501,
    said('This server does not support embeddings. Start it with `--embeddings`', {
      type: 'not_supported_error',
    }),
    'unsupported',
  ],
  ['OpenRouter, tools', 404, said('No endpoints found that support tool use.', { code: 404 }), 'unsupported'],
  ['Gemini, key', 400, said('API key not valid. Please pass a valid API key.'), 'unauthorized'],
  [
    'xAI, key',
    400,
    { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***yz' },
    'unauthorized',
  ],
  [
    'Groq',
    413,
    said('Request too large for model `x` on tokens per minute (TPM)', { code: 'rate_limit_exceeded' }),
    'too_large',
  ],
  ['Kimi Code, size', 400, said('total message size 3000000 exceeds limit 2097152'), 'too_large'],
  [
    'Moonshot, limit',
    429,
    said('Your account reached max RPM', { type: 'rate_limit_reached_error' }),
    'rate_limited',
  ],
  [
    'Kimi plan',
    429,
    said('The engine is currently overloaded, please try again later', { type: 'rate_limit_error' }),
    'rate_limited',
  ],
  [
    'Moonshot, load',
    429,
    said('The engine is currently overloaded', { type: 'engine_overloaded_error' }),
    'server_error',
  ],
  ['Anthropic, load', 529, said('Overloaded', { type: 'overloaded_error' }), 'server_error'],
  ['llama.cpp, start', 503, said('Loading model', { type: 'unavailable_error', code: 503 }), 'server_error'],
  [
    'OpenAI, a typo',
    400,
    said("Invalid value: 'usr'.", { type: 'invalid_request_error', param: 'messages[0].role' }),
    'bad_request',
  ],
];

describe('the words of', () => {
  it.each(WORDS)('%s (%i)', (_who, status, json, fault) => {
    expect(faultOf(status, json)).toBe(fault);
  });

  it('an answer that is plain text count, too', () => {
    expect(faultOf(400, null, 'maximum context length is 8 tokens')).toBe('context_length');
  });

  it('the provider behind OpenRouter count, though wrapped', () => {
    const raw = JSON.stringify({
      error: { message: 'This model does not support assistant message prefill.' },
    });
    expect(faultOf(400, said('Provider returned error', { metadata: { raw } }))).toBe('unsupported');
  });
});
