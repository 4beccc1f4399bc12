import { z } from 'zod';
import { callDirectionSchema, callStatusSchema, channelSchema } from './call.ts';
import { relayIdSchema, toolCallIdSchema } from './ids.ts';
import { terminationSchema } from './termination.ts';
import { jsonValueSchema, toolOutcomeSchema } from './tool-call.ts';

/*
 * What is known of a call is its event log: facts in the past tense, each one appended once. The relay that holds the
 * call numbers its events (`seq`, without gaps, going on from its predecessor's); the ingress and the workers add
 * theirs under a key of their own. Times called `…AtMs` are ms since the call was admitted, `at` is Unix time in ms.
 */

const spanSchema = { startedAtMs: z.number().min(0), endedAtMs: z.number().min(0) };

export const usageSchema = z.object({
  inputTextTokens: z.number().int().min(0),
  inputAudioTokens: z.number().int().min(0),
  /** Part of the input tokens above, never in addition to them. */
  cachedTextTokens: z.number().int().min(0),
  cachedAudioTokens: z.number().int().min(0),
  outputTextTokens: z.number().int().min(0),
  outputAudioTokens: z.number().int().min(0),
});
export type Usage = z.infer<typeof usageSchema>;

export const callEventBodies = {
  'call.admitted': z.object({
    direction: callDirectionSchema,
    channel: channelSchema,
    from: z.string().max(256),
    to: z.string().max(256),
    /** The carrier's own id of the call (Twilio CallSid). */
    carrierCallId: z.string().max(128),
    agentId: z.uuid(),
    agentName: z.string().max(80),
    agentVersion: z.number().int(),
    modelKind: z.string().max(40),
  }),
  'stream.attached': z.object({ relayId: relayIdSchema, epoch: z.number().int(), streamId: z.string().max(128) }),
  'stream.detached': z.object({ reason: z.string().max(64) }),
  'model.opened': z.object({ provider: z.string().max(40), model: z.string().max(100) }),
  'model.faulted': z.object({ provider: z.string().max(40), category: z.string().max(40), code: z.string().max(80) }),
  /** What the caller said, as transcribed. */
  'caller.spoke': z.object({ itemId: z.string().max(128), text: z.string().max(20_000), ...spanSchema }),
  /** What the caller heard of what the agent said: `text` ends where the audio was cut. */
  'agent.spoke': z.object({
    itemId: z.string().max(128),
    text: z.string().max(20_000),
    heardMs: z.number().min(0),
    generatedMs: z.number().min(0),
    interrupted: z.boolean(),
    ...spanSchema,
  }),
  'digit.pressed': z.object({ digit: z.string().max(1), atMs: z.number() }),
  'tool.called': z.object({ toolCallId: toolCallIdSchema, name: z.string().max(64), arguments: jsonValueSchema, atMs: z.number() }),
  'tool.finished': z.object({ toolCallId: toolCallIdSchema, name: z.string().max(64), outcome: toolOutcomeSchema, tookMs: z.number(), atMs: z.number() }),
  'usage.reported': z.object({ provider: z.string().max(40), model: z.string().max(100), usage: usageSchema }),
  /** One turn's waiting, from the end of the caller's speech to the agent's first audio leaving us. */
  'latency.measured': z.object({ kind: z.enum(['answer-to-first-audio', 'caller-to-agent', 'interruption-to-clear', 'tool']), ms: z.number().min(0) }),
  'carrier.reported': z.object({ status: callStatusSchema, sequence: z.number().int(), durationS: z.number().int().optional() }),
  'stream.failed': z.object({ code: z.string().max(32) }),
  'call.ended': z.object({ termination: terminationSchema, atMs: z.number() }),
} as const;

export type CallEventType = keyof typeof callEventBodies;
export type CallEventBody<Type extends CallEventType> = z.infer<(typeof callEventBodies)[Type]>;

/** A fact before it is numbered. */
export type CallFact = { [Type in CallEventType]: { readonly type: Type; readonly data: CallEventBody<Type> } }[CallEventType];

export type CallEvent = CallFact & {
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

/** Reads one stored event. Returns null for one this version does not know, so that old and new processes can run side by side. */
export function parseCallEvent(input: unknown): CallEvent | null {
  const envelope = envelopeSchema.safeParse(input);
  if (!envelope.success) return null;
  const body = callEventBodies[envelope.data.type].safeParse(envelope.data.data);
  return body.success ? ({ ...envelope.data, data: body.data } as CallEvent) : null;
}
