/** Controls (C0 but newline and tab, DEL, C1), and marks that turn the reading direction of what follows. */
// eslint-disable-next-line no-control-regex -- they are what it is about
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of a model or a provider, as it may go to a terminal: escape sequences in it could rewrite the screen, set the
 * clipboard or hide what was said (CWE-150). Their controls are dropped, so that what they carried is seen as text.
 */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNPRINTABLE, '');
}
