// How the health of one service is asked. A probe that hangs reads "unknown", so each has its own time-out.
import * as z from 'zod';
import { duration } from './duration.js';
import { argv, hostPort, httpUrl, localPath, text } from './text.js';

const timeout = duration({ max: '1m' })
  .prefault('2s')
  .describe('The probe is given up after this time and reads "unknown".');

const http = z.strictObject({
  type: z.literal('http').describe('GET a URL.'),
  url: httpUrl().describe('URL to GET.'),
  status: z
    .int()
    .min(100)
    .max(599)
    .optional()
    .describe('Status that counts as good; left out: any 2xx or 3xx.'),
  timeout,
});

const tcp = z.strictObject({
  type: z.literal('tcp').describe('Open a TCP connection.'),
  address: hostPort().describe('HOST:PORT to connect to.'),
  timeout,
});

const systemd = z.strictObject({
  type: z.literal('systemd').describe('Ask systemd for a unit.'),
  unit: text().describe('Unit that must be active.'),
  user: z.boolean().default(false).describe("true: ask the user's own manager (systemctl --user)."),
  timeout,
});

const process = z
  .strictObject({
    type: z.literal('process').describe('Look for a process.'),
    name: text().optional().describe('Exact name of the executable.'),
    pid_file: localPath().optional().describe('File that holds the process id.'),
    timeout,
  })
  .refine((value) => (value.name === undefined) !== (value.pid_file === undefined), {
    error: 'expected either `name` or `pid_file`',
  });

const command = z
  .strictObject({
    type: z.literal('command').describe('Run a command; exit 0 is good.'),
    run: argv().optional().describe('The command as a list of words.'),
    sh: text().optional().describe('The command as a line for /bin/sh, instead of `run`.'),
    timeout,
  })
  .refine((value) => (value.run === undefined) !== (value.sh === undefined), {
    error: 'expected either `run` or `sh`',
  });

/** One probe of a service or an extension. */
export const probeSchema = z.discriminatedUnion('type', [http, tcp, systemd, process, command]);
