// Who an account is, as the system's own table says; directories and LDAP included where getent asks them.
import { readFile } from 'node:fs/promises';
import { tell, type Account } from './run-manager.js';

export interface NamedAccount extends Account {
  readonly name: string;
  readonly home: string;
}

/** null: there is no such account. */
export async function accountOf(name: string): Promise<NamedAccount | null> {
  if (!/^[a-z_][a-z0-9_-]*\$?$/i.test(name)) return null;
  const asked = await tell(['getent', 'passwd', name], process.env);
  const table = asked.code === 0 ? asked.out : await readFile('/etc/passwd', 'utf8').catch(() => '');
  const line = table.split('\n').find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid, , home] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined || home === undefined) return null;
  return { name, uid: Number(uid), gid: Number(gid), home };
}
