// JSON.parse takes any depth, JSON.stringify and every walk of ours take some thousand levels and then throw in the middle of a call.
// Nobody nests like that but to break us, so it is not JSON to us.

/** Deepest nesting that is taken; real requests and answers stay below 50. */
const DEEPEST = 500;
const BACKSLASH = 0x5c;

/** Does this JSON text nest too deeply? Costs nothing for short texts, a pass over the others. */
export function isTooDeep(text: string): boolean {
  if (text.length <= 2 * DEEPEST) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

/** Where the string that begins at `from` ends: its quote, or the end of the text. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = at;
    while (text.charCodeAt(slashes - 1) === BACKSLASH) slashes -= 1;
    if ((at - slashes) % 2 === 0) return at;
  }
  return text.length;
}
