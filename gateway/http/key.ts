import type { IncomingMessage, ServerResponse } from 'node:http';
import { sameSecret } from '../../config/same-secret.js';
import { callerName, HERE, openWrongTokens } from '../../config/wrong-tokens.js';
import { errorBody } from '../../domain/openai/error-body.js';

/** True when the client may go on; else it has been answered. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * `key` undefined: the gateway has none, everybody may. Who guesses is shut out for a while; not on this machine itself, where one
 * program with an old key would shut out all others.
 */
export function openDoor(key: string | undefined): Door {
  if (key === undefined || key === '') return () => true;
  const wrong = openWrongTokens();
  return (request, response) => {
    const from = callerName(request);
    if (from !== HERE && wrong.blocked(from)) {
      response.setHeader('retry-after', 60);
      refuse(response, 429, 'too_many_wrong_keys', 'Too many wrong keys came from there; wait a minute.');
      return false;
    }
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && sameSecret(given, key)) return true;
    if (given !== undefined) wrong.note(from);
    response.setHeader('www-authenticate', 'Bearer realm="nxs"');
    const message = 'The gateway wants its own key (gateway.api_key in nxs.yaml) as `Authorization: Bearer`.';
    refuse(response, 401, 'invalid_api_key', message);
    return false;
  };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.setHeader('connection', 'close');
  response.end(`${JSON.stringify(errorBody(status, code, message))}\n`);
}
