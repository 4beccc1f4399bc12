import { base64ByteLength } from '@tandem/conversation';
import { z } from 'zod';

/*
 * The wire of Twilio Media Streams (twilio.com/docs/voice/media-streams/websocket-messages).
 * `sequenceNumber`, `chunk` and `timestamp` are strings holding integers, `sampleRate` and `channels` are
 * numbers; either form is accepted.
 */

export interface TwilioStart {
  readonly event: 'start';
  readonly streamSid: string;
  readonly callSid: string;
  readonly accountSid: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export type TwilioMessage =
  | { readonly event: 'connected' }
  | TwilioStart
  | {
      readonly event: 'media';
      readonly streamSid: string;
      readonly chunk: number;
      readonly payload: string;
      readonly byteLength: number;
    }
  | { readonly event: 'dtmf'; readonly streamSid: string; readonly digit: string }
  | { readonly event: 'mark'; readonly streamSid: string; readonly name: string }
  | { readonly event: 'stop'; readonly streamSid: string }
  /** A well-formed message of an unknown kind: Twilio adds events without notice. */
  | { readonly event: 'unknown' };

/** Why a message was rejected. */
export type TwilioMessageFault = 'not-json' | 'not-an-event' | 'bad-fields' | 'bad-audio';

/** One second of µ-law: fifty times as much as Twilio sends in one message. */
const MAX_PAYLOAD_BYTES = 8_000;

const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-zA-Z]{1,64}$`));
const startSchema = z.object({
  streamSid: sid('MZ'),
  start: z.object({
    accountSid: sid('AC'),
    callSid: sid('CA'),
    customParameters: z.record(z.string().max(500), z.string().max(500)).default({}),
    mediaFormat: z.object({
      encoding: z.literal('audio/x-mulaw'),
      sampleRate: z.coerce.number().pipe(z.literal(8000)),
      channels: z.coerce.number().pipe(z.literal(1)),
    }),
  }),
});
const DIGIT = /^[0-9*#A-D]$/;

/** Parses one text message. Never throws. */
export function parseTwilioMessage(text: string): TwilioMessage | Fault {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { fault: 'not-json' };
  }
  if (typeof message !== 'object' || message === null) return { fault: 'not-an-event' };
  const fields = message as Fields;
  if (typeof fields.event !== 'string') return { fault: 'not-an-event' };
  return READERS.get(fields.event)?.(fields) ?? { event: 'unknown' };
}

type Fault = { readonly fault: TwilioMessageFault };
type Fields = Record<string, Record<string, unknown> | string | undefined>;

const READERS: ReadonlyMap<string, (fields: Fields) => TwilioMessage | Fault> = new Map<
  string,
  (fields: Fields) => TwilioMessage | Fault
>([
  ['media', readMedia],
  ['mark', (fields) => readNamed(fields, 'mark', 'name', (name) => name.length <= 128)],
  ['dtmf', (fields) => readNamed(fields, 'dtmf', 'digit', (digit) => DIGIT.test(digit))],
  ['connected', () => ({ event: 'connected' })],
  ['start', readStart],
  [
    'stop',
    ({ streamSid }) =>
      typeof streamSid === 'string' ? { event: 'stop', streamSid } : { fault: 'bad-fields' },
  ],
]);

function readMedia(fields: Fields): TwilioMessage | Fault {
  const { media, streamSid } = fields;
  if (typeof media !== 'object' || media === null || typeof streamSid !== 'string')
    return { fault: 'bad-fields' };
  const { payload, track } = media;
  const chunk = Number(media.chunk);
  if (
    typeof payload !== 'string' ||
    !Number.isSafeInteger(chunk) ||
    (track !== undefined && track !== 'inbound')
  )
    return { fault: 'bad-fields' };
  const byteLength = payload.length > MAX_PAYLOAD_BYTES * 2 ? -1 : base64ByteLength(payload);
  if (byteLength <= 0 || byteLength > MAX_PAYLOAD_BYTES) return { fault: 'bad-audio' };
  return { event: 'media', streamSid, chunk, payload, byteLength };
}

function readNamed(
  fields: Fields,
  event: 'mark' | 'dtmf',
  key: 'name' | 'digit',
  isValid: (value: string) => boolean,
): TwilioMessage | Fault {
  const body = fields[event];
  const { streamSid } = fields;
  if (typeof body !== 'object' || body === null || typeof streamSid !== 'string')
    return { fault: 'bad-fields' };
  const value = body[key];
  if (typeof value !== 'string' || !isValid(value)) return { fault: 'bad-fields' };
  return event === 'mark' ? { event, streamSid, name: value } : { event, streamSid, digit: value };
}

function readStart(message: unknown): TwilioMessage | Fault {
  const parsed = startSchema.safeParse(message);
  if (!parsed.success) return { fault: 'bad-fields' };
  const { streamSid, start } = parsed.data;
  return {
    event: 'start',
    streamSid,
    callSid: start.callSid,
    accountSid: start.accountSid,
    parameters: start.customParameters,
  };
}

// Messages to Twilio. Any other message raises its error 31924.

export function mediaMessage(streamSid: string, base64: string): string {
  return `{"event":"media","streamSid":"${streamSid}","media":{"payload":"${base64}"}}`;
}

export function markMessage(streamSid: string, name: string): string {
  return `{"event":"mark","streamSid":"${streamSid}","mark":{"name":"${name}"}}`;
}

export function clearMessage(streamSid: string): string {
  return `{"event":"clear","streamSid":"${streamSid}"}`;
}
