// A whole control plane that watches one real service, and what its journal says.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { incidentsOf, isOpen } from '../../domain/healing/incident.js';
import { knownBodyOf, type KnownBody } from '../../domain/journal.js';
import { readMonitor } from '../../workers/healing/monitor-file.js';
import { healingEvents, INCIDENT_SPAN } from '../../workers/healing/past.js';
import { startControlPlane, temporalProgram, type ControlPlane } from './control-plane.js';
import { freePort } from './free-port.js';
import { openHealingService, type HealingService } from './healing-service.js';
import { ourEnvironment } from './ours.js';
import type { Scratch } from './scratch.js';

type Name = Extract<KnownBody['type'], `healing.${string}`>;

export interface Told<T extends Name> {
  /** The event's own time, ms since the epoch. */
  readonly at: number;
  readonly data: Extract<KnownBody, { type: T }>['data'];
}

export interface HealingNode {
  readonly env: NodeJS.ProcessEnv;
  readonly service: HealingService;
  /** Service and control plane; the first backup is over and the monitor has seen that all is well. */
  start(): Promise<ControlPlane>;
  /** The monitor sees nothing wrong, and no incident is open. */
  calm(): Promise<void>;
  /** The first such event at or after `since` (ms) whose data has all of `wanted`; waits for it. */
  told<T extends Name>(type: T, since: number, wanted?: Partial<Told<T>['data']>): Promise<Told<T>>;
}

const LOOK_EVERY = 15;
const PATIENCE = 90_000;

/** Everything else counts as well however full the machine is, so that only the service is ever wrong. */
const THRESHOLDS = { memory_warning: 99, memory_critical: 100, disk_critical: 100 };
/** A brake that lets every round go. */
const LIMITS = { cooldown: '1s', per_hour: 1000, per_day: 1000, recurrences: 1000, snooze: '1m' };

export async function openHealingNode(scratch: Scratch): Promise<HealingNode> {
  const [stateDir, configDir] = [scratch.dir('healing-state'), scratch.dir('healing-config')];
  const service = await openHealingService(scratch.dir('service'), scratch.env);
  const nxs = {
    http: { host: '127.0.0.1', port: await freePort() },
    temporal: { mode: 'embedded', port: await freePort(), ui_port: await freePort() },
  };
  const healing = {
    thresholds: THRESHOLDS,
    limits: LIMITS,
    services: [service.entry],
    levels: { 5: { permission: 'approve', sh: service.rescue } },
  };
  await writeFile(path.join(configDir, 'nxs.yaml'), JSON.stringify(nxs));
  await writeFile(path.join(configDir, 'healing.yaml'), JSON.stringify({ healing }));
  const own = ourEnvironment(scratch.env, stateDir, scratch.dir('healing-data'));
  const env = { ...own, NXS_CONFIG_DIR: configDir, NXS_TEMPORAL_CLI: await temporalProgram() };
  const place = { stateDir };
  const incidents = async () => incidentsOf(await healingEvents(place, Date.now() - INCIDENT_SPAN));

  async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
      const found = await look();
      if (found !== null) return found;
      await sleep(LOOK_EVERY);
    }
    const latest = (await incidents()).at(-1)?.log.map(({ at, text }) => `${at} ${text}`);
    throw new Error(`${what} never came; the latest incident:\n${latest?.join('\n') ?? 'none'}`);
  }

  async function calm(since: number): Promise<void> {
    await until('a calm moment', async () => {
      const seen = await readMonitor(stateDir);
      if (seen === null || seen.at < since || seen.anomalies.length > 0) return null;
      return (await incidents()).some(isOpen) ? null : true;
    });
    // The loop begins its next look.
    await sleep(500);
  }

  return {
    env,
    service,
    async start() {
      const began = Date.now();
      await service.start();
      const plane = await startControlPlane(env, stateDir);
      try {
        await plane.firstBackup();
        await calm(began);
        return plane;
      } catch (error) {
        await plane.stop();
        throw error;
      }
    },
    calm: () => calm(0),
    told: (type, since, wanted = {}) =>
      until(type, async () => {
        for (const event of await healingEvents(place, since)) {
          const body = knownBodyOf(event);
          if (body?.type !== type) continue;
          const data = body.data as Told<typeof type>['data'];
          const fits = Object.entries(wanted).every(([key, value]) => data[key] === value);
          if (fits) return { at: Date.parse(event.at), data };
        }
        return null;
      }),
  };
}
