// Providers, backups, sync, schedules and the other nodes.
import { html, type SafeHtml } from '../html.js';
import type { PageModel, ProviderRow } from '../model.js';
import { bars, barsText, form, light, linked, section, table, text, time, whole } from './parts.js';

export function providersSection({ providers }: PageModel, proof: string): SafeHtml {
  return section(
    'providers',
    'Providers',
    whole(providers, ({ list, switched }) => {
      const back =
        switched === null
          ? null
          : html`<p>
              ${light(
                'unknown',
                html`switched to <b>${switched.to}</b> by
                  ${switched.by}${switched.until === null ? '' : html` until ${time(switched.until)}`}`,
              )}
              ${form('/dashboard/switch', proof, html`<button name="to" value="primary" class="small">back to the usual order</button>`)}
            </p>`;
      return html`${back}${table(
        'Providers in the order in which they are asked',
        [
          'Provider',
          'State',
          'Since',
          'First content, p50',
          'Breaker closed, 24 h',
          'Detail',
          html`<span class="hidden">Action</span>`,
        ],
        list.map((each) => ({ key: each.name, cells: provider(each, proof) })),
        'No provider is configured; nxs init writes a providers.yaml.',
      )}`;
    }),
  );
}

function provider(row: ProviderRow, proof: string): readonly (SafeHtml | string)[] {
  const { name, model, state, serving, since, first_content_ms: first, day, detail } = row;
  const off = state === 'not_configured';
  return [
    html`<b>${name}</b> <span class="soft">${model}</span>`,
    light(row.light, html`${serving ? html`<b>serving</b>, ` : null}${state.replaceAll('_', ' ')}`),
    time(since),
    first === null ? '–' : `${String(Math.round(first))} ms`,
    off
      ? '–'
      : html`${bars(day, `${name}, breaker closed in each of the last 24 hours: ${barsText(day)}`)}<span
            class="soft"
            >${barsText(day)}</span
          >`,
    text(detail),
    off || serving
      ? ''
      : form(
          '/dashboard/switch',
          proof,
          html`<button name="to" value="${name}" class="small" aria-label="switch to ${name}">
            switch
          </button>`,
        ),
  ];
}

export function backupsSection({ backups }: PageModel): SafeHtml {
  return section(
    'backups',
    'Backups',
    whole(
      backups,
      ({ summary, light: state, link, files, more }) =>
        html`<p>${light(state, linked(link, summary))}</p>
          <details data-key="files">
            <summary>${files.length + more} files in their destinations</summary>
            ${table(
              'Files, with the last proof of each',
              ['File', 'Destination', 'Last backup', 'Verified', 'Hash match', 'SHA-256'],
              files.map((each) => ({
                key: `${each.destination} ${each.file}`,
                cells: [
                  each.file,
                  each.destination,
                  time(each.last_backup, 'never'),
                  time(each.verified, 'never'),
                  each.hash_match === null
                    ? light('unknown', 'not known')
                    : light(
                        each.hash_match ? 'good' : 'bad',
                        each.hash_match ? 'yes' : each.status.toLowerCase(),
                      ),
                  html`<code>${each.hash?.slice(0, 12) ?? '–'}</code>`,
                ],
              })),
              'No file is backed up yet.',
            )}${more === 0 ? null : html`<p class="soft">and ${more} more: nxs backup status --files</p>`}
          </details>`,
    ),
  );
}

export function syncSection({ sync }: PageModel): SafeHtml {
  return section(
    'sync',
    'Sync',
    whole(
      sync,
      ({ summary, light: state, link, nodes, conflicts, questions }) =>
        html`<p>${light(state, linked(link, summary))}</p>
          ${questions.map((each) => html`<p class="problem">${each}</p>`)}
          ${table(
            'Nodes that share the state',
            ['Node', 'Last seen', 'Changes that wait'],
            nodes.map((each) => ({
              key: each.node,
              cells: [
                html`${each.node}${each.own ? html` <span class="soft">this node</span>` : null}`,
                time(each.last_seen, 'never'),
                each.waiting === null ? '–' : String(each.waiting),
              ],
            })),
            'No node has synced yet.',
          )}
          ${
            conflicts.length === 0
              ? null
              : html`<details data-key="conflicts">
                  <summary>Conflicts, every loser kept</summary>
                  ${table(
                    'Conflicts, newest first',
                    ['File', 'When', 'How it was decided'],
                    conflicts.map(({ at, file, how }) => ({
                      key: `${at} ${file}`,
                      cells: [file, time(at), how],
                    })),
                    'none',
                  )}
                </details>`
          }`,
    ),
  );
}

export function schedulesSection({ schedules }: PageModel): SafeHtml {
  return section(
    'schedules',
    'Schedules',
    whole(schedules, ({ list }) =>
      table(
        'Schedules',
        ['What', 'Next', 'Last'],
        list.map((each) => ({
          key: each.id,
          cells: [
            linked(each.link, each.what),
            each.paused ? light('unknown', 'paused') : time(each.next),
            time(each.last, 'never'),
          ],
        })),
        'There are none yet.',
      ),
    ),
  );
}

export function fleetSection({ fleet }: PageModel): SafeHtml | null {
  if (fleet.length < 2) return null;
  return section(
    'fleet',
    'Nodes',
    table(
      'Nodes of this Temporal cluster or this hub',
      ['Node', 'State', 'Last seen', 'Seen by'],
      fleet.map((each) => ({
        key: each.node,
        cells: [
          linked(each.link, each.node),
          light(each.light, each.detail),
          time(each.last_seen, 'never'),
          each.seen_by.join(', '),
        ],
      })),
      'none',
    ),
  );
}
