// nxs.yaml: who this node is, where things are, which Temporal, who may listen, whom to tell.
import * as z from 'zod';
import { NODE_NAME } from '../../domain/ids.js';
import { LOG_LEVELS } from '../../domain/log-record.js';
import { duration } from './duration.js';
import { notifySchema } from './notify.js';
import { secret } from './secret.js';
import { temporalSchema } from './temporal.js';
import { gitRemote, httpUrl, localPath, port, text } from './text.js';

const http = z.strictObject({
  host: text()
    .default('127.0.0.1')
    .describe(
      'Address to listen on; "tailscale" means the address of this node in its tailnet. Anything but loopback needs `token`.',
    ),
  port: port().default(8787).describe('TCP port; a taken one falls to the next free one.'),
  token: secret()
    .optional()
    .describe('Token that clients beyond loopback must send as `Authorization: Bearer`.'),
  public_url: httpUrl()
    .optional()
    .describe(
      'URL under which people reach this node, used in links of notifications, e.g. behind `tailscale serve`.',
    ),
  allowed_hosts: z
    .array(text())
    .default([])
    .describe('Further host names that requests may carry in their Host header.'),
});

const sync = z.strictObject({
  remote: gitRemote()
    .optional()
    .describe('Git URL or path of the hub (ssh, https, file); left out: a hub in the state directory.'),
  branch: text().default('main').describe('Branch of the hub.'),
  peers: z
    .array(httpUrl())
    .default([])
    .describe(
      'Base URLs of other nodes, which are nudged after a publish so that they fetch within a second.',
    ),
  ssh_key: localPath()
    .optional()
    .describe('Private key file for an ssh hub; left out: the agent in SSH_AUTH_SOCK.'),
  token: secret().optional().describe('Token for an https hub.'),
  known_hosts: z
    .enum(['accept-new', 'strict'])
    .default('accept-new')
    .describe('What to do with an ssh host key never seen before: take it and pin it, or refuse it.'),
});

const retention = z.strictObject({
  completion_bodies: duration()
    .prefault('24h')
    .describe('How long prompts and answers of the durable lane are kept.'),
  undo: duration().prefault('90d').describe('How long files that a restore replaced are kept for `--undo`.'),
  losers: duration().prefault('90d').describe('How long the losing versions of sync conflicts are kept.'),
  captures: duration().prefault('30d').describe('How long captures are kept after they were published.'),
  journal: duration({ min: '7d' }).prefault('400d').describe('How long journal files are kept.'),
});

const gateway = z.strictObject({
  lane: z
    .enum(['direct', 'durable'])
    .default('direct')
    .describe('Lane of a request that does not name one: in memory, or a workflow per call.'),
  api_key: secret()
    .optional()
    .describe('Key that clients of the gateway must send as `Authorization: Bearer`.'),
});

const log = z.strictObject({
  level: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe('Least grave lines that are written; NXS_LOG_LEVEL goes before it.'),
});

const traces = z.strictObject({
  url: httpUrl().describe(
    'Base URL of a collector that takes OTLP over HTTP, for example http://127.0.0.1:4318; spans go to /v1/traces below it.',
  ),
  headers: z
    .record(text(), secret())
    .prefault({})
    .describe('Headers of each request to the collector, for example its authorization.'),
  sample: z.number().min(0).max(1).default(1).describe('Share of the traces that are kept, 0 to 1.'),
  propagate: z
    .boolean()
    .default(false)
    .describe(
      'Hand the trace on to providers in a `traceparent` header; they learn which calls belong together.',
    ),
});

const telemetry = z.strictObject({
  worker_metrics: z
    .boolean()
    .default(true)
    .describe("Tell the Temporal SDK's own metrics of the worker in /metrics."),
  traces: traces.optional().describe('Where OpenTelemetry traces go; left out: there are none.'),
});

const service = z.strictObject({
  memory_max: z
    .string()
    .regex(/^([1-9]\d*[KMGT]|infinity)$/, { error: 'expected a size such as "2G" or "800M", or "infinity"' })
    .default('2G')
    .describe('Memory that all our processes together may take.'),
  tasks_max: z.int().min(64).default(512).describe('Processes and threads of all of it together.'),
  open_files: z.int().min(1024).default(65_536).describe('Open files of each process.'),
  cpu_weight: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('Share of the processor when others want it too; 100 is what every service has.'),
  writable: z
    .array(localPath())
    .default([])
    .describe('Further directories that commands of healing.yaml write to; the sandbox leaves them open.'),
  sudo: z
    .boolean()
    .default(false)
    .describe('true: commands of healing.yaml may use sudo, which most of the sandbox forbids.'),
  credentials_file: localPath()
    .optional()
    .describe(
      'File in the form of .env that only root may read; systemd hands it over (system service only).',
    ),
});

/** Schema of nxs.yaml; every key may be left out. */
export const nxsSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Only for editors.'),
    node: z
      .string()
      .regex(NODE_NAME, {
        error: 'expected a host-like name of letters, digits, ".", "_" or "-" (at most 63)',
      })
      .optional()
      .describe(
        'Name of this node in ids, queues and commits; NXS_NODE goes before it; left out: the host name.',
      ),
    data_dir: localPath()
      .optional()
      .describe(
        'Directory that is backed up and synced; NXS_DATA_DIR goes before it; left out: /opt/development when it exists, else ~/nxs.',
      ),
    temporal: temporalSchema.prefault({}).describe('Which Temporal runs the workflows.'),
    http: http.prefault({}).describe('The listener of gateway, dashboard and API.'),
    sync: sync
      .prefault({})
      .describe('The hub that nodes share; what is synced stands in sync-manifest.yaml.'),
    notify: notifySchema.prefault([]).describe('Channels that are told of what needs a person.'),
    retention: retention.prefault({}).describe('How long each class of local data is kept.'),
    service: service
      .prefault({})
      .describe('What `nxs service install` writes into the unit; install again after a change.'),
    gateway: gateway.prefault({}).describe('Defaults of the OpenAI-compatible gateway.'),
    telemetry: telemetry.prefault({}).describe('Metrics and traces.'),
    log: log
      .prefault({})
      .describe('What is written to the logs in the state directory; `nxs logs` shows them.'),
  })
  .meta({ title: 'nxs.yaml' });
