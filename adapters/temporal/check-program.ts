import type { Artifact } from './artifact.js';
import { runTool, toolProblem } from './run-tool.js';
import type { Found } from './source.js';

// The first call of a 150 MB program on a cold disk takes seconds.
const LIMITS = { answer: 20_000, total: 30_000 };

/**
 * Runs the program once: a file for another processor, a half download or a name that means another
 * program on this machine shows here and not in the middle of the start.
 */
export async function checkProgram(path: string, artifact: Artifact): Promise<Found> {
  const result = await runTool(path, artifact.probe, LIMITS);
  const spoke = result.error === null && result.stopped === null && result.output !== '';
  if (artifact.probe[0] !== '--version' && spoke) return { kind: 'found', path, version: artifact.version };
  const problem = toolProblem(result, LIMITS);
  if (problem !== null) return { kind: 'failed', reason: `${path} does not run: ${problem}` };
  const version = /^temporal version (\d+)\.(\d+)\.(\S+)/m.exec(result.output);
  if (version === null) return { kind: 'failed', reason: `${path} is not Temporal's CLI` };
  const [, major = '0', minor = '0', patch = '0'] = version;
  const found = `${major}.${minor}.${patch}`;
  if (artifact.oldest !== null && isOlder([Number(major), Number(minor)], artifact.oldest))
    return {
      kind: 'failed',
      reason: `${path} is version ${found}, older than ${artifact.oldest.join('.')}`,
    };
  return { kind: 'found', path, version: found };
}

function isOlder(found: readonly [number, number], oldest: readonly [number, number]): boolean {
  return found[0] < oldest[0] || (found[0] === oldest[0] && found[1] < oldest[1]);
}
