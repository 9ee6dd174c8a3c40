// The panels of resilience-dashboard.yaml.
import { html, type SafeHtml, type Value } from '../html.js';
import type { Light, PanelModel } from '../model.js';
import { keysOf, light, linked, section, table, text, time } from './parts.js';

export function panelsSection(title: string, panels: readonly PanelModel[]): SafeHtml | null {
  if (panels.length === 0) return null;
  return section(
    'panels',
    title,
    html`<div class="panels">
      ${panels.map(
        (panel, index) =>
          html`<article class="card panel-${panel.kind}" data-key="panel-${index}">
            <h3>${panel.name}</h3>
            ${bodyOf(panel)}
          </article>`,
      )}
    </div>`,
  );
}

function bodyOf(panel: PanelModel): Value {
  switch (panel.kind) {
    case 'error':
      return html`<p class="problem">${light('bad', 'this panel cannot be shown')}</p>
        <pre>${panel.problem}</pre>`;
    case 'gauge':
      return gauge(panel);
    case 'status-grid':
      return html`<ul class="grid">
        ${panel.cells.map(
          ({ name, provider, light: state, detail }, index) =>
            html`<li data-key="${index}">
              ${light(state, html`<b>${name}</b>`)}
              <span class="soft"
                >${provider === null || provider === name ? '' : `${provider}, `}${text(detail)}</span
              >
            </li>`,
        )}
      </ul>`;
    case 'table':
      return table(
        panel.name,
        panel.columns.map((column) => column.replaceAll('_', ' ')),
        panel.rows.map(({ cells, link }, index) => ({
          key: `${String(index)} ${cells[0]?.text ?? ''}`,
          cells: cells.map((cell, at) => {
            const shown = cell.light === null ? text(cell.text) : light(cell.light, text(cell.text));
            return at === 0 ? linked(link, shown) : shown;
          }),
        })),
        'nothing yet',
      );
    case 'timeline': {
      const keys = keysOf(panel.entries.map((entry) => `${entry.at} ${entry.text}`));
      if (panel.entries.length === 0) return html`<p class="soft">nothing happened</p>`;
      return html`<ol class="timeline">
        ${panel.entries.map(
          (entry, index) =>
            html`<li data-key="${keys[index] ?? null}">
              ${time(entry.at)} ${light(entry.light, linked(entry.link, entry.text))}
            </li>`,
        )}
      </ol>`;
    }
  }
}

type Gauge = Extract<PanelModel, { kind: 'gauge' }>;

function gauge({ value, unit, thresholds, good, note, name }: Gauge): SafeHtml {
  const [from, to] = rangeOf(value, thresholds, unit);
  const at = (each: number) => Math.round(((Math.min(Math.max(each, from), to) - from) / (to - from)) * 300);
  const state = stateOf(value, thresholds, good);
  const shown =
    value === null
      ? '–'
      : `${String(good === '>' ? Math.floor(value * 100) / 100 : Math.ceil(value * 100) / 100)} ${unit}`;
  return html`<p class="value">${light(state, shown)}</p>
    <svg
      class="gauge"
      viewBox="0 0 300 16"
      preserveAspectRatio="none"
      role="img"
      aria-label="${name}: ${shown}"
    >
      <rect class="track" x="0" y="5" width="300" height="6"></rect>
      ${value === null ? null : html`<rect class="${state}" x="0" y="5" width="${Math.max(2, at(value))}" height="6"></rect>`}
      ${thresholds.map((each) => html`<rect class="tick" x="${Math.min(298, at(each))}" y="0" width="2" height="16"></rect>`)}
    </svg>
    <p class="soft">
      ${String(from)} to ${String(to)} ${unit}; limits
      ${thresholds.length === 0 ? 'none' : thresholds.join(', ')}; ${note}
    </p>`;
}

/** Enough below the first limit to see a fall. */
function rangeOf(
  value: number | null,
  thresholds: readonly number[],
  unit: string,
): readonly [number, number] {
  const [first = 0] = thresholds;
  const last = thresholds.at(-1) ?? (unit === '%' ? 100 : 1);
  if (unit === '%' && first > 50) return [Math.max(0, Math.floor(Math.min(first - 5, value ?? 100))), 100];
  return [0, unit === '%' ? 100 : Math.ceil(Math.max(value ?? 0, last * 1.25))];
}

/** All limits reached is good where more is better, and bad where less is. */
function stateOf(value: number | null, thresholds: readonly number[], good: '>' | '<'): Light {
  if (value === null || thresholds.length === 0) return 'unknown';
  const reached = thresholds.filter((each) => value >= each).length;
  if (reached === thresholds.length) return good === '>' ? 'good' : 'bad';
  if (reached === 0) return good === '>' ? 'bad' : 'good';
  return 'unknown';
}
