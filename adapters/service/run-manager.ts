// systemctl, loginctl and launchctl: short calls without a shell, in English, that may not hang.
import { execFile } from 'node:child_process';

export interface Told {
  /** null: it could not be started, or did not answer in time. */
  readonly code: number | null;
  readonly out: string;
  /** The last line of what it complained about; '' when it did not. */
  readonly complaint: string;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** ms. A stop waits for up to a minute. */
const PATIENCE = 90_000;

/** Never rejects. `as`: another account's rights, for root. */
export function tell(argv: readonly string[], env: NodeJS.ProcessEnv, as?: Account): Promise<Told> {
  const [program = '', ...args] = argv;
  const options = { env: { ...env, LC_ALL: 'C', SYSTEMD_COLORS: '0' }, cwd: '/', timeout: PATIENCE, ...as };
  return new Promise((resolve) => {
    execFile(program, args, { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      const lines = stderr.split('\n').filter((line) => line.trim() !== '');
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      const complaint = lines.at(-1)?.trim() ?? (code === null ? (error?.message ?? '') : '');
      resolve({ code, out: stdout, complaint });
    });
  });
}
