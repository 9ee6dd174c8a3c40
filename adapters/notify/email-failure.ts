// What a mail server, or nodemailer, means by its error. Its own text is not shown: some servers repeat what was sent.
import { errnoOf } from '../../domain/errors.js';
import { failure, hitch, type Outcome } from './channel.js';

/** `where` is `HOST:PORT`. */
export function mailFailure(error: unknown, where: string): Outcome {
  const { code, responseCode: status, distrusted } = fieldsOf(error);
  if (code === 'EAUTH')
    return failure(`${where} refuses the login${inBrackets(status)}: check \`user\` and \`password\``);
  if (code === 'ETLS')
    return failure(
      `${where} offers no TLS that can be trusted: check \`host\` and \`port\`, or name its authority in SSL_CERT_FILE`,
    );
  if (code === 'EENVELOPE' && (status === undefined || status >= 500))
    return failure(`${where} refuses an address${inBrackets(status)}: check \`from\` and \`to\``);
  if (status !== undefined) {
    return status < 500
      ? hitch(`${where} cannot take the message now (${status})`)
      : failure(`${where} refuses the message (${status}): look at that server's log`);
  }
  const errno = errnoOf(error) ?? code ?? '';
  if (errno === 'ECONNREFUSED')
    return hitch(
      `nothing listens at ${where} (connection refused): is the mail server up, and the port right?`,
    );
  if (errno === 'ENOTFOUND' || errno === 'EDNS')
    return failure(`the name in ${where} is not known: check \`host\` and the network`);
  if (distrusted === true || /CERT|SSL|TLS/.test(errno))
    return failure(`the certificate of ${where} is not trusted: name its authority in SSL_CERT_FILE`);
  return hitch(`${where} cannot be reached or broke off${errno === '' ? '' : ` (${errno})`}`);
}

interface Fields {
  readonly code?: string;
  readonly responseCode?: number;
  /** Nodemailer hides TLS's own code behind ESOCKET; the text is TLS's, not the server's. */
  readonly distrusted?: boolean;
}

function fieldsOf(error: unknown): Fields {
  if (typeof error !== 'object' || error === null) return {};
  const { code, responseCode, message } = error as Readonly<Record<string, unknown>>;
  return {
    ...(code === 'ESOCKET' && typeof message === 'string'
      ? { distrusted: /certificate/i.test(message) }
      : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof responseCode === 'number' ? { responseCode } : {}),
  };
}

function inBrackets(status: number | undefined): string {
  return status === undefined ? '' : ` (${status})`;
}
