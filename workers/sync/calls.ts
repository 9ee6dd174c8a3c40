/** What the front asks the worker for sync, over the supervisor's IPC channel. */
export interface SyncCalls {
  /** Another node says that it has published. */
  'sync.nudge': (input: null) => Promise<null>;
}
