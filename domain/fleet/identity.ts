// Who polls a task queue, in the words that Temporal keeps and shows: which node, on which machine, of which state directory.

export interface WorkerIdentity {
  readonly node: string;
  /** Host name of the machine; only for people. */
  readonly host: string;
  /** Of the state directory: the same after a restart, another one on another machine. */
  readonly instance: string;
  readonly pid: number;
  /** When this worker process started, ms since the epoch. */
  readonly since: number;
  readonly version: string;
}

const FORM =
  /^(?<node>[^@]+)@(?<host>[^#]+)#(?<instance>[0-9a-f]{12})\/(?<pid>\d+)\/(?<since>[0-9a-z]+)\/(?<version>\S+)$/;

/** `home@box#0123456789ab/4711/mabc1234/0.1.0` */
export function identityText({ node, host, instance, pid, since, version }: WorkerIdentity): string {
  const plain = host.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 63) || 'unknown';
  return `${node}@${plain}#${instance}/${String(pid)}/${since.toString(36)}/${version}`;
}

/** null: not a worker of ours, or one of a version that said less. */
export function parseIdentity(text: string): WorkerIdentity | null {
  const groups = FORM.exec(text)?.groups;
  if (groups === undefined) return null;
  const { node = '', host = '', instance = '', pid = '', since = '', version = '' } = groups;
  return { node, host, instance, pid: Number(pid), since: Number.parseInt(since, 36), version };
}
