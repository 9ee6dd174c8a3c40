// Small things that all sections are made of.
import type { Light, Part } from '../model.js';
import { html, type SafeHtml, type Value } from '../html.js';

const SIGNS: Readonly<Record<Light, string>> = { good: '✓', bad: '✗', unknown: '○' };

/** A light is a sign and a colour, and its text says it once more. */
export function light(state: Light, text: Value): SafeHtml {
  return html`<span class="light ${state}"><span aria-hidden="true">${SIGNS[state]}</span> ${text}</span>`;
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** A time; the script puts it into the viewer's zone. null: `never` or whatever is given. */
export function time(iso: string | null, none = '–'): SafeHtml {
  if (iso === null) return html`<span class="soft">${none}</span>`;
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}

/** A cell's text, which is a time when it looks like one. */
export function text(value: string): SafeHtml {
  return ISO.test(value) ? time(value) : html`${value}`;
}

/** A link into Temporal's web UI; the plain text where there is none, or one that would run. */
export function linked(href: string | null, content: Value): SafeHtml {
  return href === null || !/^(https?:|[/#])/i.test(href)
    ? html`${content}`
    : html`<a href="${href}" rel="noreferrer">${content}</a>`;
}

export function section(id: string, title: Value, body: Value): SafeHtml {
  return html`<section id="${id}" data-key="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}

/** The script finds rows by their keys: the second of the same name gets a number. */
export function keysOf(names: readonly string[]): readonly string[] {
  const count = new Map<string, number>();
  return names.map((name) => {
    const before = count.get(name) ?? 0;
    count.set(name, before + 1);
    return before === 0 ? name : `${name} (${String(before + 1)})`;
  });
}

/** A part that could not be put together says why. */
export function whole<T>(part: Part<T>, body: (part: { readonly failed: null } & T) => Value): Value {
  return part.failed === null ? body(part) : html`<p class="problem">${part.failed}</p>`;
}

export function table(
  caption: string,
  heads: readonly Value[],
  rows: readonly { readonly key: string; readonly cells: readonly Value[] }[],
  empty: string,
): SafeHtml {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  const keys = keysOf(rows.map(({ key }) => key));
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
    <table>
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cells }, row) =>
            html`<tr data-key="${keys[row] ?? null}">
              ${cells.map((cell, index) =>
                index === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Bars of shares from 0 to 1 as a picture, with its numbers in words. null: not known. */
export function bars(shares: readonly (number | null)[], label: string): SafeHtml {
  const width = 240 / Math.max(1, shares.length);
  const each = shares.map((share, index) => {
    const height = share === null ? 2 : Math.max(3, Math.round(share * 22));
    const tone = share === null ? 'none' : share >= 0.995 ? 'good' : share >= 0.9 ? 'unknown' : 'bad';
    return html`<rect
      class="${tone}"
      x="${(index * width + 1).toFixed(1)}"
      y="${24 - height}"
      width="${(width - 2).toFixed(1)}"
      height="${height}"
    ></rect>`;
  });
  return html`<svg
    class="bars"
    viewBox="0 0 240 24"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    ${each}
  </svg>`;
}

/** `23 of 24 known parts above 99.5 %`. */
export function barsText(shares: readonly (number | null)[]): string {
  const known = shares.filter((share) => share !== null);
  if (known.length === 0) return 'nothing is known yet';
  const mean = known.reduce((sum, share) => sum + share, 0) / known.length;
  return `${(Math.floor(mean * 10_000) / 100).toString()} % of the known time`;
}

/** A form with the session's proof in it. `key`: what is typed into it is meant for that only. */
export function form(
  action: string,
  proof: string,
  body: Value,
  about: { readonly label: string; readonly key: string } | null = null,
): SafeHtml {
  return html`<form
    method="post"
    action="${action}"
    ${about === null ? null : html`aria-label="${about.label}" data-key="${about.key}"`}
  >
    <input type="hidden" name="proof" value="${proof}" />${body}
  </form>`;
}
