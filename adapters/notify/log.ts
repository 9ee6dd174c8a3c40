// The channel that cannot fail: a structured line in the worker's log.
import type { Notice } from '../../domain/notify/notice.js';

/** The part of a logger that notices need. */
export interface NoticeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Writes notices to the log. */
export function logNotifier(log: NoticeLog): (notice: Notice) => Promise<void> {
  return (notice) => {
    const fields = { notice: notice.title, incident: notice.incident, state: notice.state };
    if (notice.state === 'raised' && notice.level !== 'info') log.warn(fields, notice.text);
    else log.info(fields, notice.text);
    return Promise.resolve();
  };
}
