// Links into Temporal's web UI.

export interface UiPlace {
  readonly ui: string | null;
  readonly namespace: string;
}

/** A workflow in the web UI: one run of it, else its latest; null when we do not know where the UI is. */
export function uiLink(place: UiPlace, workflowId: string, runId?: string): string | null {
  const run = runId === undefined ? '' : `/${runId}/history`;
  return under(place, `workflows/${encodeURIComponent(workflowId)}${run}`);
}

/** A schedule in the web UI. */
export function scheduleLink(place: UiPlace, id: string): string | null {
  return under(place, `schedules/${encodeURIComponent(id)}`);
}

/** The workflows of one kind of a node, as a list. */
export function listLink(place: UiPlace, node: string, kind: string): string | null {
  const query = `NxsNode = "${node}" AND NxsKind = "${kind}"`;
  return under(place, `workflows?query=${encodeURIComponent(query)}`);
}

function under({ ui, namespace }: UiPlace, path: string): string | null {
  return ui === null ? null : `${ui.replace(/\/$/, '')}/namespaces/${namespace}/${path}`;
}
