/** A workflow in the web UI: one run of it, else its latest; null when we do not know where the UI is. */
export function uiLink(
  { ui, namespace }: { readonly ui: string | null; readonly namespace: string },
  workflowId: string,
  runId?: string,
): string | null {
  if (ui === null) return null;
  const run = runId === undefined ? '' : `/${runId}/history`;
  return `${ui.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}${run}`;
}
