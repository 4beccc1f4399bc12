import { writtenForms, type TenantId } from '@tandem/contracts';
import type { CallRecord, RefusedCall } from '../../entities/call-record.ts';
import type { OutboxEvent } from '../webhooks/outbox.ts';

/** Characters of the words of a transcript in its event; the rest is in the call. */
const MAX_TRANSCRIPT_CHARACTERS = 12_000;
const MAX_UTTERANCES = 200;

/** Filters name a number in the form the tenant has it in, which may be another one than was dialled. */
const formsOf = (number: string): string[] => [number, ...writtenForms(number)];

type Known = Pick<
  CallRecord,
  'callId' | 'tenantId' | 'direction' | 'channel' | 'from' | 'to' | 'carrierCallId' | 'attestation' | 'agent'
>;

const aboutCall = ({ callId, tenantId, agent, to }: Known) => ({
  tenantId,
  subject: { kind: 'call', id: callId } as const,
  facets: { agentIds: agent ? [agent.id] : [], numbers: formsOf(to) },
});

const partiesOf = (call: Known) => {
  const { callId, direction, channel, from, to, carrierCallId, attestation, agent } = call;
  return { callId, direction, channel, from, to, carrierCallId, attestation, agent };
};

/** A call as it is known when it begins. */
export type StartedCall = Known & Pick<CallRecord, 'language' | 'admittedAt' | 'answeredAt'>;

export function callStarted(call: StartedCall): OutboxEvent {
  const { language, admittedAt, answeredAt } = call;
  const data = { ...partiesOf(call), language, admittedAt, answeredAt };
  return { ...aboutCall(call), type: 'call.started', data };
}

export function callEnded(call: CallRecord): OutboxEvent {
  const { language, status, admittedAt, answeredAt, endedAt, durationMs, termination, disposition } = call;
  return {
    ...aboutCall(call),
    type: 'call.ended',
    data: {
      ...partiesOf(call),
      language,
      status,
      admittedAt,
      answeredAt,
      endedAt,
      durationMs,
      termination,
      disposition,
    },
  };
}

/** Returns the event of a call's transcript, cut to a size for webhooks; null where nothing was said. */
export function transcriptReady(call: CallRecord): OutboxEvent | null {
  const said = call.utterances.filter(({ text }) => text !== '');
  if (said.length === 0) return null;
  let left = MAX_TRANSCRIPT_CHARACTERS;
  const utterances = said
    .slice(0, MAX_UTTERANCES)
    .filter(({ text }) => (left -= text.length) >= 0)
    .map(({ speaker, text, startedAtMs, endedAtMs }) => ({ speaker, text, startedAtMs, endedAtMs }));
  const { callId, agent, to, language, missingEvents } = call;
  return {
    ...aboutCall(call),
    type: 'transcript.ready',
    data: {
      callId,
      agent,
      to,
      language,
      utteranceCount: said.length,
      isWhole: utterances.length === said.length && missingEvents === 0,
      utterances,
      path: `/v1/calls/${callId}`,
    },
  };
}

export function refusalEvent(
  {
    callId,
    direction,
    channel,
    from,
    to,
    carrierCallId,
    attestation,
    rangAt,
    refusedAt,
    reason,
    language,
  }: RefusedCall,
  tenantId: TenantId,
): OutboxEvent {
  const subject = { kind: 'call', id: callId } as const;
  const facets = { agentIds: [], numbers: formsOf(to) };
  const call = { callId, direction, channel, from, to, carrierCallId, attestation };
  if (reason === 'callback-requested')
    return {
      tenantId,
      type: 'callback.requested',
      subject,
      facets,
      data: { ...call, rangAt, requestedAt: refusedAt, language },
    };
  return { tenantId, type: 'call.refused', subject, facets, data: { ...call, rangAt, refusedAt, reason } };
}
