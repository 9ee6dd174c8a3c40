// healing.yaml: when this node counts as ill, what it may do by itself, and who must be asked first.
// Commands come from this file only; no signal or page can bring one of its own.
import * as z from 'zod';
import { countPeople, sameName } from '../../domain/gate/approvers.js';
import { duration } from './duration.js';
import { probeSchema } from './probe.js';
import { refuseTwins } from './rules.js';
import { argv, httpUrl, localPath, name, text } from './text.js';

const percent = () => z.number().min(1).max(100);

const thresholds = z
  .strictObject({
    memory_warning: percent().default(70).describe('Percent of memory in use that clears caches.'),
    memory_critical: percent().default(85).describe('Percent of memory in use that is told at once.'),
    disk_critical: percent().default(90).describe('Percent of a disk in use that is told at once.'),
  })
  .refine((value) => value.memory_warning < value.memory_critical, {
    path: ['memory_warning'],
    error: 'must be below memory_critical, or the warning could never engage',
  });

const service = z.strictObject({
  name: name().describe('Name of the service.'),
  probe: probeSchema.describe('How its health is asked.'),
  restart: argv()
    .optional()
    .describe('Command that restarts it, as a list of words; left out: it is watched, never restarted.'),
  timeout: duration().prefault('30s').describe('The restart command is ended after this time.'),
  grace: duration()
    .prefault('10s')
    .describe('After a restart, how long it may take until the probe is good.'),
  depends_on: z
    .array(name())
    .default([])
    .describe('Services that must be well first; the root cause is healed, not its victims.'),
  relieves: z
    .array(z.enum(['memory']))
    .default([])
    .describe('What else a restart may mend: `memory` lets level 2 restart it when memory is short.'),
});

const extension = z.strictObject({
  name: name().describe('Name of the extension.'),
  probe: probeSchema.describe('How its health is asked.'),
  reload: argv().describe('Command that reloads it, as a list of words.'),
  timeout: duration().prefault('30s').describe('The reload command is ended after this time.'),
  grace: duration().prefault('10s').describe('After a reload, how long it may take until the probe is good.'),
});

const approver = z.strictObject({
  name: text().describe('Who it is.'),
  key: z
    .string()
    .regex(/^ed25519:[A-Za-z0-9+/]{43}=$/, {
      error: 'expected "ed25519:" and 44 characters of base64, as `nxs approver add` prints them',
    })
    .describe('Public key; approvals under this name then count as verified when they are signed.'),
});

const approvals = z
  .strictObject({
    approvers: z
      .array(z.union([text().transform((name) => ({ name, key: null })), approver]))
      .default([])
      .describe('Who may approve: names, or { name, key }; an empty list takes any name, marked unverified.'),
    expires_after: duration({ min: '1m' })
      .prefault('30m')
      .describe('An approval that nobody gave in this time is none.'),
    quorum: z.int().min(1).default(1).describe('Approvals by different people that are needed.'),
    four_eyes: z
      .boolean()
      .default(false)
      .describe('true: who triggered something by hand cannot approve it.'),
    require_signature: z
      .boolean()
      .default(false)
      .describe('true: only signed approvals count (nxs approver add makes a key).'),
  })
  .superRefine((value, context) => {
    const known = countPeople(value.approvers.map(({ name }) => name));
    value.approvers.forEach(({ name, key }, index) => {
      const earlier = value.approvers.slice(0, index);
      const twin = earlier.find((each) => sameName(each.name, name) || (key !== null && each.key === key));
      if (twin === undefined) return;
      const message = `is the same person as "${twin.name}": a name, and a key, stands for one`;
      context.addIssue({ code: 'custom', path: ['approvers', index], message });
    });
    if (known > 0 && value.quorum > known) {
      const message = `can never be reached: only ${known} approver${known === 1 ? ' is' : 's are'} named`;
      context.addIssue({ code: 'custom', path: ['quorum'], message });
    }
    if (known === 0 && value.require_signature) {
      const message = 'can never be met: no approvers are named';
      context.addIssue({ code: 'custom', path: ['require_signature'], message });
    }
    const keys = value.approvers.filter(({ key }) => key !== null).length;
    if (known > 0 && value.require_signature && keys < value.quorum) {
      const message = `can never be met: ${keys} of the approvers have a key, and the quorum is ${value.quorum}`;
      context.addIssue({ code: 'custom', path: ['require_signature'], message });
    }
  });

const caches = z.strictObject({
  paths: z.array(localPath()).default([]).describe('Cache directories that level 1 may empty.'),
  older_than: duration().prefault('7d').describe('Only files not used for this long are removed.'),
  protect: z
    .array(text())
    .default(['huggingface', 'ms-playwright', 'ollama'])
    .describe('Names below the cache directories that are never touched.'),
  drop_caches: z
    .boolean()
    .default(false)
    .describe(
      'true: also write to /proc/sys/vm/drop_caches (needs root; it frees nothing that programs hold).',
    ),
});

const limits = z
  .strictObject({
    cooldown: duration().prefault('30s').describe('Least time between two runs of one action on one target.'),
    per_hour: z
      .int()
      .min(1)
      .optional()
      .describe('Disruptive actions in an hour, at most; default 6, or per_day if that is less.'),
    per_day: z.int().min(1).default(20).describe('Disruptive actions in a day, at most.'),
    recurrences: z
      .int()
      .min(1)
      .default(3)
      .describe('Healings of one thing in an hour, after which that level counts as without lasting effect.'),
    storm: z
      .int()
      .min(2)
      .default(5)
      .describe('So many things wrong at once: a person is asked before anything disruptive.'),
    snooze: duration({ min: '1m' })
      .prefault('1h')
      .describe('How long a question that was denied, or not answered, rests before it is asked again.'),
  })
  .refine((value) => (value.per_hour ?? 1) <= value.per_day, {
    path: ['per_hour'],
    error: 'is more than per_day, so it could never engage',
  })
  .refine((value) => value.cooldown * (value.recurrences - 1) < 3_600_000, {
    path: ['recurrences'],
    error: 'can never be reached in an hour with this cooldown',
  })
  .transform((value) => ({ ...value, per_hour: value.per_hour ?? Math.min(6, value.per_day) }));

const PERMISSIONS = { 1: 'auto', 2: 'auto', 3: 'auto', 4: 'notify', 5: 'approve', 6: 'approve' } as const;

function level(number: keyof typeof PERMISSIONS, what: string) {
  return z
    .strictObject({
      permission: z
        .enum(['auto', 'notify', 'approve'])
        .default(PERMISSIONS[number])
        .describe('auto: just do it; notify: do it and tell; approve: ask first.'),
      run: argv()
        .optional()
        .describe('Command of this level as a list of words, where the built-in action is not wanted.'),
      sh: text().optional().describe('The command as a line for /bin/sh, instead of `run`.'),
      timeout: duration().prefault('2m').describe('The command is ended after this time.'),
    })
    .refine((value) => value.run === undefined || value.sh === undefined, {
      path: ['sh'],
      error: 'cannot stand beside `run`: keep one of the two',
    })
    .refine((value) => number !== 6 || (value.run ?? value.sh) === undefined, {
      error: 'level 6 restores from the backup and takes no command',
    })
    .prefault({})
    .describe(`Level ${number}: ${what}`);
}

const levels = z.strictObject({
  '1': level(1, 'clear caches.'),
  '2': level(2, 'restart services.'),
  '3': level(3, 'switch the provider.'),
  '4': level(4, 'reload extensions.'),
  '5': level(5, 'full restart.'),
  '6': level(6, 'restore from backup.'),
});

const healing = z.strictObject({
  interval: duration({ min: '5s' }).prefault('30s').describe('How often slow checks run (disk, integrity).'),
  escalation: z
    .enum(['applicable', 'literal'])
    .default('applicable')
    .describe('After a failure: the next level that can help, or plainly the next level.'),
  thresholds: thresholds.prefault({}).describe('When memory and disk count as ill.'),
  services: z.array(service).prefault([]).describe('Services to watch and restart.'),
  extensions: z.array(extension).prefault([]).describe('Extensions to watch and reload.'),
  approvals: approvals.prefault({}).describe('Who must be asked, and for how long.'),
  levels: levels.prefault({}).describe('The six levels.'),
  caches: caches.prefault({}).describe('What level 1 may clear.'),
  limits: limits.prefault({}).describe('Brakes.'),
  heartbeat_url: httpUrl()
    .optional()
    .describe("URL that is fetched as long as the control loop is alive (dead man's switch)."),
});

/** Schema of healing.yaml. */
export const healingSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Only for editors.'),
    healing: healing.prefault({}).describe('Self-healing of this node.'),
  })
  .superRefine((file, context) => {
    const { services, extensions } = file.healing;
    refuseTwins(services, ['healing', 'services'], 'service', context);
    refuseTwins(extensions, ['healing', 'extensions'], 'extension', context);
    const names = new Set(services.map((each) => each.name));
    services.forEach((each, index) => {
      each.depends_on.forEach((other, at) => {
        if (names.has(other) && other !== each.name) return;
        const message =
          other === each.name ? 'a service cannot depend on itself' : 'names no service of this file';
        context.addIssue({ code: 'custom', path: ['healing', 'services', index, 'depends_on', at], message });
      });
    });
  })
  .meta({ title: 'healing.yaml' });
