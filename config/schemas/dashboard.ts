// resilience-dashboard.yaml: the panels of the page. The source document's file loads unchanged.
import * as z from 'zod';
import { gaugeOf, MAY_BE, tableOf, TABLES, timelineOf } from '../../domain/panels.js';
import { text } from './text.js';

const query = (known: (query: string) => object | string | null, may: string) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, { error: 'expected the name of a query, for example uptime_percentage_24h' })
    .refine((name) => known(name) !== null, { error: `there is no such query: expected ${may}` });

const column = () =>
  z.string().regex(/^[a-z][a-z0-9_]*$/, { error: 'expected the name of a column, for example last_backup' });

const title = text().describe('Heading of the panel.');

const gauge = z.strictObject({
  name: title,
  type: z.literal('gauge').describe('One number against thresholds.'),
  query: query(gaugeOf, MAY_BE.gauge).describe('What is measured, over which time.'),
  thresholds: z
    .array(z.number())
    .default([])
    .refine((list) => list.every((each, index) => index === 0 || (list[index - 1] ?? each) < each), {
      error: 'expected rising numbers: a threshold at or below the one before could never show',
    })
    .describe('Limits in rising order; the value is coloured by the highest one it reaches.'),
});

const grid = z.strictObject({
  name: title,
  type: z.literal('status-grid').describe('One light for each provider.'),
  providers: z
    .array(text())
    .default([])
    .describe('Providers by name, or by what stands before the first dash; empty: all.'),
});

const table = z
  .strictObject({
    name: title,
    type: z.literal('table').describe('Rows and columns.'),
    columns: z
      .array(column())
      .min(1, { error: 'expected at least one column' })
      .describe('Columns, in order.'),
    query: query(tableOf, MAY_BE.table).default('backup_files').describe('What the rows are.'),
  })
  .superRefine(({ columns, query: rows }, context) => {
    const name = tableOf(rows);
    if (name === null) return;
    const known: readonly string[] = TABLES[name];
    for (const [index, each] of columns.entries())
      if (!known.includes(each))
        context.addIssue({
          code: 'custom',
          path: ['columns', index],
          message: `${name} has no column "${each}"; it has ${known.join(', ')}`,
        });
  });

const timeline = z.strictObject({
  name: title,
  type: z.literal('timeline').describe('Events, newest first.'),
  query: query(timelineOf, MAY_BE.timeline).describe('Which events, of which time.'),
});

const dashboard = z.strictObject({
  title: text().default('NXS Resilience').describe('Title of the page.'),
  panels: z
    .array(z.discriminatedUnion('type', [gauge, grid, table, timeline]))
    .default([])
    .describe('Panels, in order.'),
});

/** Schema of resilience-dashboard.yaml. */
export const dashboardSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Only for editors.'),
    dashboard: dashboard.prefault({}).describe('The page.'),
  })
  .meta({ title: 'resilience-dashboard.yaml' });
