// What is noted down of an incident, and who is told what. A notice belongs to its incident, so that its end is told as well.
import type { Anomaly } from '../../domain/healing/model.js';
import type {
  AnswerNote,
  AskInput,
  BlindNote,
  CloseIncidentInput,
  OpenIncidentInput,
  StuckNote,
} from '../../domain/healing/steps.js';
import type { HealingPorts } from './ports.js';

type Tell = Pick<HealingPorts, 'journal' | 'notify' | 'scrub' | 'rules' | 'howToAnswer'>;

/** Told at once, whatever is done about them (DESIGN.md, "Healing"). */
const URGENT: ReadonlySet<Anomaly['kind']> = new Set([
  'memory_critical',
  'disk_critical',
  'data_corruption',
  'unresponsive',
]);

const WORDS: Readonly<Record<Anomaly['kind'], string>> = {
  memory_warning: 'memory is short',
  memory_critical: 'memory is nearly full',
  disk_critical: 'a disk is nearly full',
  service_down: 'a service is down',
  provider_failure: 'the first provider fails',
  extension_crash: 'an extension is down',
  unresponsive: 'the system does not respond',
  data_corruption: 'data is damaged',
};

export async function openIncident(
  ports: Tell,
  { incident, anomaly, workflowId, by }: OpenIncidentInput,
): Promise<void> {
  const { subject, kind, value, since, paths } = anomaly;
  const detail = ports.scrub(anomaly.detail);
  await ports.journal({
    id: `${incident}/detected`,
    type: 'healing.detected',
    data: {
      ...{ incident, subject, kind, detail, value, by },
      since: new Date(since).toISOString(),
      workflow: workflowId,
      paths: paths.slice(0, 100),
    },
  });
  if (URGENT.has(kind)) await raise(ports, incident, anomaly, 'critical', detail);
}

export async function askApproval(
  ports: Tell,
  { incident, act, anomaly, opened, expires }: AskInput,
): Promise<void> {
  const { request, level, action, target, planHash, commands, downtime, dataLoss, gate } = act;
  await ports.journal({
    id: `${incident}/${request}/asked/${planHash}`,
    type: 'healing.asked',
    data: {
      ...{ incident, request, level, plan_hash: planHash, quorum: gate.quorum },
      opened: new Date(opened).toISOString(),
      expires: new Date(expires).toISOString(),
    },
  });
  const lines = [
    `${WORDS[anomaly.kind]} (${anomaly.subject}): ${ports.scrub(anomaly.detail)}.`,
    `Level ${String(level)} (${action} on ${target}) needs your approval until ${new Date(expires).toISOString()}; unanswered, nothing is done.`,
    ...commands.map((line) => `Would run: ${line}`),
    `Downtime: ${downtime}. Data loss: ${dataLoss}.`,
    ...ports.howToAnswer(incident, request, planHash),
  ];
  // A name of its own: asked again after it rested, it is another question, and is told again.
  await ports.notify({
    incident: questionOf(request),
    state: 'raised',
    level: 'critical',
    title: `approval needed: ${WORDS[anomaly.kind]} (${anomaly.subject})`,
    text: lines.join('\n'),
  });
}

export async function noteAnswer(ports: Tell, note: AnswerNote): Promise<void> {
  const { serial, final, ...data } = note;
  await ports.journal({
    id: `${note.incident}/answer/${String(serial)}`,
    type: 'healing.answered',
    data: { ...data, reason: ports.scrub(note.reason) },
  });
  if (final && note.request !== null) await endQuestion(ports, note.request, note.sentence);
}

function endQuestion(ports: Tell, request: string, text: string): Promise<void> {
  const incident = questionOf(request);
  return ports.notify({ incident, state: 'resolved', level: 'info', title: 'approval: answered', text });
}

export async function noteStuck(
  ports: Tell,
  { incident, anomaly, reason, skipped, serial }: StuckNote,
): Promise<void> {
  await ports.journal({
    id: `${incident}/stuck/${String(serial)}`,
    type: 'healing.stuck',
    data: { incident, reason: ports.scrub(reason), skipped: skipped.map((each) => ({ ...each })) },
  });
  // Memory in use is no emergency; that nothing can be done about it is worth a line, not a call in the night.
  const level = anomaly.kind === 'memory_warning' ? 'info' : 'critical';
  await raise(
    ports,
    incident,
    anomaly,
    level,
    `${ports.scrub(anomaly.detail)}: ${ports.scrub(reason)}`,
    'a person is needed: ',
  );
}

export async function closeIncident(ports: Tell, input: CloseIncidentInput): Promise<void> {
  const { incident, anomaly, outcome, level, decided, acted, verified } = input;
  const summary = ports.scrub(input.summary);
  const span = (from: number | null, to: number | null) =>
    from === null || to === null ? null : Math.max(0, Math.round(to - from));
  await ports.journal({
    id: `${incident}/finished`,
    type: 'healing.finished',
    data: {
      ...{ incident, subject: anomaly.subject, kind: anomaly.kind, outcome, level, summary },
      detect_ms: span(anomaly.since, anomaly.detected) ?? 0,
      decide_ms: span(anomaly.detected, decided),
      act_ms: span(decided, acted),
      verify_ms: span(acted, verified),
      total_ms: span(anomaly.since, input.ended) ?? 0,
    },
  });
  if (input.question !== null) await endQuestion(ports, input.question, summary);
  const { permission } = level === null ? { permission: 'auto' } : ports.rules.levels[`${level}`];
  const told = outcome === 'healed' && permission === 'notify';
  if (told)
    await raise(ports, incident, anomaly, 'info', `${ports.scrub(anomaly.detail)}; ${summary}`, 'healed: ');
  await ports.notify({
    incident: noticeOf(incident),
    state: 'resolved',
    level: 'info',
    title: `${WORDS[anomaly.kind]}: over`,
    text: summary,
  });
}

/** What nobody can see is told: healing does nothing about it, and does not know that all is well. */
export async function noteBlind(ports: Tell, { blind, over, serial }: BlindNote): Promise<void> {
  for (const each of [
    ...blind.map((one) => ({ ...one, over: false })),
    ...over.map((one) => ({ ...one, over: true })),
  ]) {
    const detail = ports.scrub(each.detail);
    await ports.journal({
      id: `blind/${serial}/${each.subject}/${String(each.over)}`,
      type: 'healing.blind',
      data: { subject: each.subject, detail, over: each.over },
    });
    await ports.notify({
      incident: `healing/blind/${each.subject}`,
      state: each.over ? 'resolved' : 'raised',
      level: 'warning',
      title: each.over ? `${each.subject} can be seen again` : `monitor blind: ${each.subject}`,
      text: each.over ? '' : `${detail}. Nothing is done about what cannot be seen.`,
    });
  }
}

function raise(
  ports: Tell,
  incident: string,
  anomaly: Anomaly,
  level: 'info' | 'critical',
  text: string,
  before = '',
): Promise<void> {
  const title = `${before}${WORDS[anomaly.kind]} (${anomaly.subject})`;
  return ports.notify({ incident: noticeOf(incident), state: 'raised', level, title, text });
}

function questionOf(request: string): string {
  return `healing/question/${request}`;
}

function noticeOf(incident: string): string {
  return `healing/${incident}`;
}
