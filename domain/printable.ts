// Text of somebody else on its way to a terminal or a log: escape sequences in it could rewrite the screen, set the clipboard,
// forge a line or hide what was said (CWE-117, CWE-150).

/** Controls (C0 but newline and tab, DEL, C1), line separators, and marks that turn the reading direction of what follows. */
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex -- they are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text of a model or a provider, as it may go to a terminal. Controls are dropped, so that what they carried is seen as
 * text; newlines stay.
 */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNPRINTABLE, '');
}

/** A line of JSON in which these stand as `\uXXXX`: the same value, harmless to whoever prints the file. */
export function escapeControls(json: string): string {
  return json.replace(UNPRINTABLE, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
