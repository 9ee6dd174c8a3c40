// "Not configured": a thing whose variable is not set is shown, and left alone. One place decides what that means.
import type { FileName } from './files.js';
import type { Config } from './types.js';

/**
 * Variables without a value at `path` of a file or below it, for example
 * `unsetUnder(config, 'providers', 'providers[0]')` -> ['KIMI_API_KEY']. Empty: the thing is configured.
 */
export function unsetUnder(config: Pick<Config, 'unset'>, file: FileName, path: string): readonly string[] {
  const below = config.unset.filter((each) => {
    if (each.file !== file || !each.path.startsWith(path)) return false;
    const next = each.path.charAt(path.length);
    return next === '' || next === '.' || next === '[';
  });
  return [...new Set(below.map((each) => each.variable))];
}
