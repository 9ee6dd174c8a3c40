// What git itself says of a repository, past the product: faults are made and looked at with it.
import { spawn } from 'node:child_process';

export interface GitSaid {
  /** null: ended by a signal. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitCall {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/** Nobody's settings take part. */
const ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'drill',
  GIT_AUTHOR_EMAIL: 'drill@nxs.local',
  GIT_COMMITTER_NAME: 'drill',
  GIT_COMMITTER_EMAIL: 'drill@nxs.local',
  LC_ALL: 'C',
};

/** Runs git on a bare repository; an exit code other than 0 is an answer, not an error. */
export function tryGit(dir: string, args: readonly string[], call: GitCall = {}): Promise<GitSaid> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', ...ENV, ...call.env };
    const child = spawn('git', [`--git-dir=${dir}`, ...args], { env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8').trim() }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(call.input ?? '');
  });
}

/** Output of git as text, without the last line's end. Throws when it fails. */
export async function git(dir: string, args: readonly string[], call: GitCall = {}): Promise<string> {
  const { code, stdout, stderr } = await tryGit(dir, args, call);
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  return stdout.toString('utf8').trimEnd();
}

/** Bytes of a file of a branch; null: git does not give them (not there, or damaged). */
export async function fileIn(dir: string, path: string, branch = 'main'): Promise<Buffer | null> {
  const { code, stdout } = await tryGit(dir, ['cat-file', 'blob', `${branch}:${path}`]);
  return code === 0 ? stdout : null;
}
