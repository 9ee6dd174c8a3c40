import type { IncomingMessage, ServerResponse } from 'node:http';
import { sameSecret } from '../../config/same-secret.js';
import { errorBody } from '../../domain/openai/error-body.js';

/** True when the client may go on; else it has been answered. `key` undefined: the gateway has none, everybody may. */
export function clientMayCall(
  key: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (key === undefined || key === '') return true;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given !== undefined && sameSecret(given, key)) return true;
  response.statusCode = 401;
  response.setHeader('www-authenticate', 'Bearer realm="nxs"');
  response.setHeader('content-type', 'application/json');
  response.setHeader('connection', 'close');
  const message = 'The gateway wants its own key (gateway.api_key in nxs.yaml) as `Authorization: Bearer`.';
  response.end(`${JSON.stringify(errorBody(401, 'invalid_api_key', message))}\n`);
  return false;
}
