// Times, links and bars that the parts of a page are made of.
export const UI = 'http://127.0.0.1:8233';

/** `minutes`: from now, negative ones are past. ISO 8601. */
export function at(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}

export function workflow(id: string): string {
  return `${UI}/namespaces/default/workflows/${encodeURIComponent(id)}`;
}

/** `hole`: index of a part of which nothing is known. */
export function shares(count: number, hole: number): readonly (number | null)[] {
  return Array.from({ length: count }, (_, index) =>
    index === hole ? null : index % 7 === 3 ? 0.94 : index % 11 === 9 ? 0.4 : 1,
  );
}
