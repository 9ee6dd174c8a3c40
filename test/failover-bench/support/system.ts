/** What is judged: anything that speaks the protocol in front of two providers. */
export interface SystemUnderTest {
  /** Base URL, without /v1. */
  readonly url: string;
  close(): Promise<void>;
}

export interface SystemSetup {
  readonly primary: { readonly url: string; readonly model: string };
  readonly fallback: { readonly url: string; readonly model: string };
  /** Factor on every time-out of the system's configuration. */
  readonly scale: number;
}

export type StartSystem = (setup: SystemSetup) => Promise<SystemUnderTest>;
