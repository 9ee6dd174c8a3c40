// Errors of our own in OpenAI's shape: its clients read `type` and `code`, and retry by the status.

// An alias, not an interface: it has to fit wherever a JSON object does.
export type ErrorBody = {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
};

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  429: 'rate_limit_error',
  503: 'service_unavailable_error',
  504: 'timeout_error',
};

/** `code` is for programs and never changes; `message` is for people: no key, prompt or answer in it. */
export function errorBody(
  status: number,
  code: string,
  message: string,
  param: string | null = null,
): ErrorBody {
  return { error: { message, type: errorType(status), param, code } };
}

/** The `type` that goes with an HTTP status. */
function errorType(status: number): string {
  return TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
}
