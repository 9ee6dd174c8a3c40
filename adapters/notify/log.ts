// The channel that cannot fail: a structured line in the worker's log.

export interface Notice {
  readonly level: 'info' | 'warning';
  readonly title: string;
  readonly text: string;
}

/** The part of a logger that notices need. */
export interface NoticeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Writes notices to the log. */
export function logNotifier(log: NoticeLog): (notice: Notice) => Promise<void> {
  return (notice) => {
    const fields = { notice: notice.title };
    if (notice.level === 'warning') log.warn(fields, notice.text);
    else log.info(fields, notice.text);
    return Promise.resolve();
  };
}
