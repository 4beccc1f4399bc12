import { providerIdSchema, UNKNOWN_USAGE, type ItemId, type ResponseId } from '@tandem/contracts';
import type { ResponseStatus } from '@tandem/conversation';
import { z } from 'zod';
import { hostedItem, hostedItemSchema } from './hosted-item.ts';
import { usageSchema, transcriptionUsageSchema } from './usage-report.ts';
import { readAudio, type OpenAiAudioDelta } from './audio-delta.ts';

/*
 * Events of the Realtime API, read down to the fields we use. Events we do not need are `ignored`, events
 * with wrong fields are `malformed` and counted; neither ends the session.
 */

const itemId = providerIdSchema.transform((value) => value as ItemId);
const responseId = providerIdSchema.transform((value) => value as ResponseId);

/** A rate limit of the whole organisation, as of the response that just began. */
export interface RateLimit {
  /** `requests` or `tokens`. */
  readonly name: string;
  readonly limit: number;
  readonly remaining: number;
  /** Time until it is full again. */
  readonly resetMs: number;
}

const statuses = [
  'completed',
  'cancelled',
  'incomplete',
  'failed',
] as const satisfies readonly ResponseStatus[];
const errorSchema = z.object({
  type: z.string().max(200).catch('unknown'),
  code: z.string().max(200).nullish().catch(null),
  message: z.string().max(10_000).catch(''),
  event_id: z.string().max(512).nullish().catch(null),
});

const NO_REASON = { type: 'unknown', code: null, message: '', event_id: null };

const rateLimitSchema = z
  .object({
    name: z.string().max(40),
    limit: z.number().min(0),
    remaining: z.number(),
    reset_seconds: z.number().min(0).max(86_400),
  })
  .transform(({ name, limit, remaining, reset_seconds }): RateLimit => ({
    name,
    limit,
    remaining: Math.max(0, remaining),
    resetMs: reset_seconds * 1000,
  }));

const schemas = {
  'session.created': z.object({}),
  'session.updated': z.object({}),
  'input_audio_buffer.speech_started': z.object({ item_id: itemId }),
  /**
   * `audio_end_ms` counts the audio written to the buffer, up to the end of the silence that proves the turn
   * over (server VAD).
   */
  'input_audio_buffer.speech_stopped': z.object({
    item_id: itemId,
    audio_end_ms: z.number().min(0).catch(0),
  }),
  'input_audio_buffer.committed': z.object({ item_id: itemId }),
  'conversation.item.input_audio_transcription.delta': z.object({
    item_id: itemId,
    delta: z.string().max(20_000).default(''),
  }),
  'conversation.item.input_audio_transcription.completed': z.object({
    item_id: itemId,
    transcript: z.string().max(100_000),
    usage: transcriptionUsageSchema.nullish().catch(UNKNOWN_USAGE),
  }),
  'conversation.item.input_audio_transcription.failed': z.object({
    item_id: itemId,
    error: errorSchema.catch(NO_REASON),
  }),
  'response.created': z.object({
    response: z.object({ id: responseId, metadata: z.record(z.string(), z.string()).nullish().catch(null) }),
  }),
  'response.output_item.added': z.object({
    item: z.object({ ...hostedItem, id: itemId, name: z.string().max(128).optional() }),
  }),
  'response.output_item.done': z.object({
    response_id: responseId,
    item: z.object({ ...hostedItem, id: itemId }),
  }),
  'conversation.item.added': z.object({ item: hostedItemSchema }),
  'conversation.item.done': z.object({ item: hostedItemSchema }),
  'mcp_list_tools.completed': z.object({ item_id: providerIdSchema }),
  'mcp_list_tools.failed': z.object({ item_id: providerIdSchema }),
  'response.mcp_call_arguments.done': z.object({
    response_id: responseId,
    item_id: providerIdSchema,
    arguments: z.string().max(1_000_000),
  }),
  'response.mcp_call.completed': z.object({ item_id: providerIdSchema }),
  'response.mcp_call.failed': z.object({ item_id: providerIdSchema }),
  'response.output_audio_transcript.delta': z.object({ item_id: itemId, delta: z.string().max(100_000) }),
  'response.function_call_arguments.done': z.object({
    response_id: responseId,
    item_id: itemId,
    call_id: providerIdSchema,
    name: z.string().max(128).optional(),
    arguments: z.string().max(1_000_000),
  }),
  'response.done': z.object({
    response: z.object({
      id: responseId,
      status: z.enum(statuses).catch('failed'),
      status_details: z
        .object({
          reason: z.string().max(80).optional().catch(undefined),
          error: errorSchema.partial().nullish().catch(null),
        })
        .nullish()
        .catch(null),
      usage: usageSchema.nullish().catch(UNKNOWN_USAGE),
    }),
  }),
  'rate_limits.updated': z.object({ rate_limits: z.array(rateLimitSchema).max(10) }),
  error: z.object({ error: errorSchema }),
} as const;

type EventType = keyof typeof schemas;
export type OpenAiEvent =
  | { [Type in EventType]: { readonly type: Type } & z.output<(typeof schemas)[Type]> }[EventType]
  | OpenAiAudioDelta;

/** Reads one message. Never throws. */
export function parseOpenAiEvent(text: string): OpenAiEvent | 'ignored' | 'malformed' {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return 'malformed';
  }
  if (
    typeof message !== 'object' ||
    message === null ||
    !('type' in message) ||
    typeof message.type !== 'string'
  )
    return 'malformed';
  if (message.type === 'response.output_audio.delta') return readAudio(message);
  if (!Object.hasOwn(schemas, message.type)) return 'ignored';
  const type = message.type as EventType;
  const parsed = schemas[type].safeParse(message);
  return parsed.success ? ({ ...parsed.data, type } as OpenAiEvent) : 'malformed';
}
