/** The line that a person waits for; `began` is performance.now() of the start. */
export function sayReady(
  say: (line: string) => void,
  began: number,
  urls: { readonly http: string; readonly ui: string | null },
): void {
  const ui = urls.ui === null ? '' : `, Temporal's web UI ${urls.ui}`;
  say(`ready in ${((performance.now() - began) / 1000).toFixed(1)} s: ${urls.http}${ui}`);
}
