import { z } from 'zod';
import { usageSchema } from '../costs/usage.ts';
import { agentChangeSchema } from '../agent/behaviour.ts';
import { attestationSchema } from '../words/attestation.ts';
import { callDirectionSchema, callStatusSchema, channelSchema } from './call.ts';
import { MAX_PROVIDER_ID_LENGTH, providerIdSchema, relayIdSchema, toolCallIdSchema } from '../words/ids.ts';
import { partySchema } from '../words/phone-number.ts';
import { terminationSchema } from './termination.ts';
import { jsonValueSchema } from '../tools/json-value.ts';
import { toolOutcomeSchema } from '../tools/tool-outcome.ts';

/*
 * Everything known about a call is in its event log: facts in the past tense, each appended once. The relay
 * that holds the call numbers its events (`seq`, without gaps, continuing its predecessor's); ingress and
 * workers add theirs under a name of their own. Times called `…AtMs` are ms since the call was admitted, `at`
 * is Unix time in ms.
 */

const providerModel = { provider: z.string().max(40), model: z.string().max(100) };
const toolCall = {
  toolCallId: toolCallIdSchema,
  providerCallId: z.string().max(MAX_PROVIDER_ID_LENGTH).default(''),
  name: z.string().max(64),
};
const toolEnd = { ...toolCall, outcome: toolOutcomeSchema, tookMs: z.number(), atMs: z.number() };
const span = { startedAtMs: z.number().min(0), endedAtMs: z.number().min(0) };

/** How a response of a model ends. */
const RESPONSE_STATUSES = ['completed', 'cancelled', 'incomplete', 'failed'] as const;
export type ResponseStatus = (typeof RESPONSE_STATUSES)[number];

const LATENCY_KINDS = [
  'answer-to-first-audio',
  'caller-to-agent',
  'caller-to-heard',
  'end-pointing',
  'model',
  'relay',
  'playout',
  'interruption-to-clear',
  'interruption-to-silence',
  'tool',
] as const;
export type LatencyKind = (typeof LATENCY_KINDS)[number];

export const callEventBodies = {
  'call.admitted': z.object({
    direction: callDirectionSchema,
    channel: channelSchema,
    from: partySchema,
    to: partySchema,
    /** The carrier's own id of the call (Twilio CallSid). */
    carrierCallId: z.string().max(128),
    attestation: attestationSchema.nullable().default(null),
    agentId: z.uuid(),
    agentName: z.string().max(80),
    agentVersion: z.number().int(),
    modelKind: z.string().max(40),
    language: z.string().max(35).default('en-US'),
    variantKey: z.string().max(40).nullable().default(null),
    callerGroup: z.string().max(64).nullable().default(null),
  }),
  'stream.attached': z.object({
    relayId: relayIdSchema,
    epoch: z.number().int(),
    streamId: z.string().max(128),
  }),
  'stream.detached': z.object({ reason: z.string().max(64) }),
  'model.opened': z.object(providerModel),
  'model.faulted': z.object({
    provider: z.string().max(40),
    category: z.string().max(40),
    /** Why a response ended, in its provider's words. */
    code: z.string().max(80),
    /** Status of the response that failed or is incomplete; absent for faults of the session. */
    status: z.enum(RESPONSE_STATUSES).optional(),
  }),
  /**
   * The conversation continued in another model session: renewed in time, after a break or a hang, or a
   * fallback.
   */
  'model.moved': z.object({
    ...providerModel,
    why: z.enum(['renewal', 'cut', 'hang', 'ladder']),
    /** From the end of the old session's use to the new one's readiness; 0 when they overlapped. */
    gapMs: z.number().min(0),
  }),
  /** Speech of the caller could not be transcribed. Once for each reason a provider gives. */
  'transcription.failed': z.object({
    provider: z.string().max(40),
    code: z.string().max(80),
    atMs: z.number(),
  }),
  /** Instructions, tools, turn settings, noise reduction or language were changed while the call ran. */
  'agent.changed': z.object({
    by: z.enum(['tool', 'operator', 'rule', 'detection']),
    what: z.array(z.string().max(40)).max(10),
    atMs: z.number(),
    /** The change itself, for a relay that takes the call over. */
    change: agentChangeSchema.default({}),
    /** Index of the rule that caused it. */
    rule: z.number().int().min(0).nullable().default(null),
  }),
  'language.changed': z.object({
    language: z.string().max(35),
    by: z.enum(['tool', 'operator', 'rule', 'detection']),
    atMs: z.number(),
  }),
  'idle.prompted': z.object({ count: z.number().int(), atMs: z.number() }),
  /** Number of digits; the digits themselves are never stored. */
  'digits.captured': z.object({
    reference: z.string().max(64),
    count: z.number().int(),
    outcome: z.enum(['entered', 'cancelled', 'timed-out']),
    atMs: z.number(),
  }),
  'consent.stated': z.object({
    /** `result-by-text`: what a tool does after the caller has hung up may be told by text message. */
    purpose: z.enum(['recording', 'result-by-text']),
    state: z.enum(['granted', 'refused', 'announced']),
    atMs: z.number(),
  }),
  'recording.changed': z.object({
    recordingId: z.uuid(),
    state: z.enum(['started', 'paused', 'resumed']),
    /** The cause of a pause or its end: secret digits, or an operator. */
    by: z.enum(['digits', 'operator']).optional(),
    atMs: z.number(),
  }),
  'recording.finished': z.object({
    recordingId: z.uuid(),
    durationMs: z.number().min(0),
    bytes: z.number().min(0),
    outcome: z.enum(['complete', 'failed']),
    atMs: z.number(),
  }),
  'transfer.asked': z.object({
    department: z.string().max(64),
    mode: z.enum(['cold', 'warm']),
    summary: z.string().max(1_000),
    /** Absent when the agent asked for it. */
    by: z.enum(['operator', 'fallback']).optional(),
    atMs: z.number(),
  }),
  'transfer.ended': z.object({
    department: z.string().max(64),
    outcome: z.enum(['bridged', 'declined', 'busy', 'no-answer', 'failed']),
    atMs: z.number(),
  }),
  'budget.reached': z.object({
    scope: z.enum(['call', 'tenant', 'day']),
    share: z.number().min(0),
    costUsd: z.number().min(0),
    atMs: z.number(),
  }),
  /**
   * The caller's words, as transcribed. The text is empty while the words are not known; they may follow
   * under the same id.
   */
  'caller.spoke': z.object({ itemId: providerIdSchema, text: z.string().max(20_000), ...span }),
  /** The heard part of the agent's speech: `text` ends where the audio was interrupted. */
  'agent.spoke': z.object({
    itemId: providerIdSchema,
    text: z.string().max(20_000),
    heardMs: z.number().min(0),
    generatedMs: z.number().min(0),
    interrupted: z.boolean(),
    /** Words of an interrupted utterance that the caller did not hear. */
    unheard: z.string().max(20_000).optional(),
    ...span,
  }),
  'digit.pressed': z.object({ digit: z.string().max(1), atMs: z.number() }),
  'tool.called': z.object({ ...toolCall, arguments: jsonValueSchema, atMs: z.number() }),
  'tool.finished': z.object(toolEnd),
  /** The work of a tool call that had timed out has ended after all; at most one for each call. */
  'tool.finished-late': z.object(toolEnd),
  /**
   * Tools of servers that the model's provider calls cannot be called now: `model` runs no such tools, the
   * server did not tell its tools (`not-listed`), or has no such tool (`not-offered`).
   */
  'tools.unavailable': z.object({
    names: z.array(z.string().max(64)).max(64),
    why: z.enum(['model', 'not-listed', 'not-offered']),
    atMs: z.number(),
  }),
  /** The call's limit of tool calls is reached: further ones are refused, and no longer recorded. */
  'tool-limit.reached': z.object({ limit: z.number().int(), atMs: z.number() }),
  'usage.reported': z.object({ ...providerModel, usage: usageSchema }),
  /**
   * A latency the caller noticed. `caller-to-agent` is from the end of their speech to the agent's first
   * audio leaving us, `caller-to-heard` to its first audio heard; the latter is the sum of `end-pointing`
   * (the provider's silence before it ends the turn), `model` (turn over → first audio here), `relay` (→ on
   * the wire) and `playout` (→ heard).
   */
  'latency.measured': z.object({
    kind: z.enum(LATENCY_KINDS),
    ms: z.number().min(0),
    /** When it was measured; absent in events of older versions, like `itemId`. */
    atMs: z.number().optional(),
    /**
     * The caller's utterance that was answered, or the agent's that was cut off; absent where no utterance is
     * meant.
     */
    itemId: providerIdSchema.optional(),
  }),
  'carrier.reported': z.object({
    status: callStatusSchema,
    sequence: z.number().int(),
    durationS: z.number().int().optional(),
  }),
  'stream.failed': z.object({ code: z.string().max(32) }),
  /**
   * The log of the call was full: this many events of this owner are missing. An owner's last such event
   * counts.
   */
  'log.cut': z.object({ dropped: z.number().int().min(0), atMs: z.number() }),
  'call.ended': z.object({ termination: terminationSchema, atMs: z.number() }),
} as const;

export type CallEventType = keyof typeof callEventBodies;
export type CallEventBody<Type extends CallEventType> = z.infer<(typeof callEventBodies)[Type]>;

/** An event before it is numbered. */
export type NewCallEvent = {
  [Type in CallEventType]: { readonly type: Type; readonly data: CallEventBody<Type> };
}[CallEventType];

export type CallEvent = NewCallEvent & {
  /** Position in the relay's log from 1; 0 for events of the ingress and the workers. */
  readonly seq: number;
  /** Epoch of the owner that wrote it; 0 for events of the ingress and the workers. */
  readonly epoch: number;
  /** Unix time in ms. */
  readonly at: number;
};

const envelopeSchema = z.object({
  seq: z.number().int().min(0),
  epoch: z.number().int().min(0),
  at: z.number(),
  type: z.enum(Object.keys(callEventBodies) as [CallEventType, ...CallEventType[]]),
  data: z.unknown(),
});

/**
 * Reads one stored event. Returns null for one this version does not know, so that old and new processes can
 * run side by side.
 */
export function parseCallEvent(input: unknown): CallEvent | null {
  const envelope = envelopeSchema.safeParse(input);
  if (!envelope.success) return null;
  const body = callEventBodies[envelope.data.type].safeParse(envelope.data.data);
  return body.success ? ({ ...envelope.data, data: body.data } as CallEvent) : null;
}
