// What the page needs of the control plane. The front gives it (workers/dashboard).
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WindowName } from '../domain/panels.js';
import type { PageModel } from './model.js';

export interface DashboardPorts {
  model(window: WindowName): Promise<PageModel>;
  /** Changes whenever something that the page shows may have; asked twice a second while a page is open. */
  mark(): Promise<string>;
  decide(word: {
    readonly incident: string;
    readonly request: string;
    readonly verdict: 'approve' | 'deny';
    readonly by: string;
    readonly reason: string;
  }): Promise<Said>;
  /** `primary`: back to the order of the policy. */
  switchProvider(to: string): Promise<Said>;
  label(word: {
    readonly incident: string;
    readonly label: 'true_positive' | 'false_positive';
  }): Promise<Said>;
  /** http.token; null: nobody beyond this machine can get here. */
  readonly token: string | null;
  /** The caller sits at this machine, or brings the token by himself. */
  trusted(request: IncomingMessage): boolean;
  /** Cookies go over https only. */
  readonly secure: boolean;
  /** Directory of page.css and page.js. */
  readonly assets: string;
}

/** What became of a press of a button: one sentence. */
export interface Said {
  readonly accepted: boolean;
  readonly sentence: string;
}

/** One line of the front's table (workers/front/route.ts). */
export interface PageRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string | null;
  readonly maxBody?: number;
  readonly ownKey: true;
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}
