// `nxs approve` and `nxs deny`: a person's word, bound to the question that is on record here, and answered at once.
import { readFile } from 'node:fs/promises';
import type { Incident } from '../domain/healing/incident.js';
import { errorMessage, NxsError } from '../domain/errors.js';
import { textArgument, textOption, type Command } from './definition.js';

const OPTIONS = [
  { flags: '--by <who>', summary: 'whose word it is' },
  { flags: '--reason <text>', summary: 'why, for the record' },
  { flags: '--key <file>', summary: 'private key of `nxs approver add`: the word is signed' },
] as const;

export function decisionCommand(verdict: 'approve' | 'deny', summary: string): Command {
  return {
    name: verdict,
    summary,
    details:
      'Exit 0: it counts. 1: it does not, and why. 4: no worker is polling; the word is queued and counts by the time it was sent.',
    args: [{ name: '<id>', summary: 'the incident, or the beginning of its id' }],
    options: OPTIONS,
    json: true,
    async run(invocation) {
      const { context } = invocation;
      const by = needed(textOption(invocation, 'by'), '--by', 'NAME');
      const reason = needed(textOption(invocation, 'reason'), '--reason', 'TEXT');
      const { loadFor, reachTemporal } = await import('./setup.js');
      const { findIncident, viewHealing } = await import('../workers/healing/desk.js');
      const { speak } = await import('../workers/healing/decide.js');
      const config = await loadFor(context);
      const { incidents } = await viewHealing(config, Date.now());
      const incident = findIncident(incidents, textArgument(invocation, 0) ?? '');
      const say = (state: string, sentence: string, code: number): number => {
        const accepted = code === 0;
        if (context.json) context.out(JSON.stringify({ incident: incident.id, accepted, state, sentence }));
        else context.out(context.paint(accepted ? 'good' : 'bad', sentence));
        return code;
      };
      const { asked } = incident;
      if (asked === null) return say('refused', whyNot(incident), 1);
      const { request } = asked;
      const key = textOption(invocation, 'key');
      const signed = {
        incident: incident.id,
        request,
        planHash: incident.plan?.plan_hash ?? '',
        verdict,
        by,
      };
      const signature = key === undefined ? null : await signWith(key, config.node, signed);
      const reached = await reachTemporal(config);
      try {
        const word = { by, reason, request, signature };
        const spoken = await speak(reached.client, config.node, incident.id, verdict, word);
        if (spoken.kind === 'gone')
          return say('refused', `The workflow of ${incident.id} does not run any more.`, 1);
        if (spoken.kind === 'queued')
          return say('queued', 'queued: no worker is polling; it counts by the time it was sent', 4);
        const { accepted, state, sentence } = spoken.answer;
        return say(state, sentence, accepted ? 0 : 1);
      } finally {
        await reached.close();
      }
    },
  };
}

function whyNot({ id, ended, state, summary, note }: Incident): string {
  if (ended !== null) return `${id} is over (${state}): ${summary ?? ''}`;
  return `${id} asks nothing at the moment (${state}${note === null ? '' : `: ${note}`}).`;
}

function needed(value: string | undefined, option: string, form: string): string {
  const text = value?.trim() ?? '';
  if (text === '') throw new NxsError('USAGE', `${option} ${form} is needed: it stands in the record.`);
  return text;
}

async function signWith(
  file: string,
  node: string,
  signed: {
    readonly incident: string;
    readonly request: string;
    readonly planHash: string;
    readonly verdict: 'approve' | 'deny';
    readonly by: string;
  },
): Promise<string> {
  const { signDecision } = await import('../workers/healing/signatures.js');
  try {
    return signDecision(node, signed, await readFile(file, 'utf8'));
  } catch (error) {
    throw new NxsError('USAGE', `--key ${file} cannot be used: ${errorMessage(error)}`);
  }
}
