import type { buildConnector } from 'undici';

/** Begins a connection; `destroy` ends it with that error, as long as it does not stand. */
export type Connect = (
  options: buildConnector.Options,
  callback: buildConnector.Callback,
) => { destroy(error: Error): unknown };
