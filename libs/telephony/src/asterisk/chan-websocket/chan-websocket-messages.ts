import {
  bytesPerMs,
  PCM16_16K,
  PCM16_24K,
  PCM16_8K,
  PCMA_8K,
  PCMU_8K,
  type AudioFormat,
} from '@tandem/contracts';
import { z } from 'zod';

/*
 * The wire of Asterisk's WebSocket channel with JSON control messages (20.18, 22.8, 23.2 and newer;
 * docs.asterisk.org/Configuration/Channel-Drivers/WebSocket, channels/chan_websocket.c). Audio is binary.
 */

/** The channel's first message. */
export interface ChanWebSocketStart {
  readonly event: 'MEDIA_START';
  /** Unique id of the WebSocket channel, not of the caller's. */
  readonly channelId: string;
  readonly format: AudioFormat;
  /** Bytes the channel plays at a time. */
  readonly frameBytes: number;
  /** The channel's variables, without the underscores of inherited ones. */
  readonly variables: ReadonlyMap<string, string>;
}

export type ChanWebSocketEvent =
  | { readonly event: 'MEDIA_XOFF' | 'MEDIA_XON' | 'STATUS' | 'ERROR' }
  /** A mark, or a frame filled up with silence, has been reached. */
  | { readonly event: 'MEDIA_MARK_PROCESSED' | 'MEDIA_BUFFERING_COMPLETED'; readonly mark: string }
  | { readonly event: 'DTMF_END'; readonly digit: string }
  /** A well-formed message of an unknown kind, or one that is of no use here. */
  | { readonly event: 'unknown' };

export type ChanWebSocketFault = 'not-json' | 'not-an-event' | 'bad-fields';
type Fault = { readonly fault: ChanWebSocketFault };

/** Longer texts than any event but the first, which lists the channel's variables. */
const MAX_TEXT_BYTES = 4_096;
const MAX_ID_LENGTH = 128;
const DIGIT = /^[0-9*#A-D]$/;
/** Frames are of 20 ms, or what `ptime` says; the driver fills its timeslots with them. */
const FRAME_MS = { min: 10, max: 60 };

/** Names of Asterisk's formats. Those that cannot be cut into frames come without a frame size. */
const FORMATS: Readonly<Record<string, AudioFormat>> = {
  ulaw: PCMU_8K,
  alaw: PCMA_8K,
  slin: PCM16_8K,
  slin16: PCM16_16K,
  slin24: PCM16_24K,
};

const startSchema = z
  .object({
    event: z.literal('MEDIA_START'),
    channel_id: z.string().min(1).max(MAX_ID_LENGTH),
    format: z.string().transform((name, context) => {
      const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
      if (format) return format;
      context.addIssue('The format is not one of ulaw, alaw, slin, slin16 and slin24.');
      return z.NEVER;
    }),
    optimal_frame_size: z.number().int(),
    channel_variables: z.record(z.string(), z.unknown()).default({}),
  })
  .refine(({ format, optimal_frame_size: bytes }) => {
    const ms = bytes / bytesPerMs(format);
    return Number.isInteger(ms) && ms >= FRAME_MS.min && ms <= FRAME_MS.max;
  });

/** Reads the first message; null when it is not the start of a stream we can carry. Never throws. */
export function parseChanWebSocketStart(text: string): ChanWebSocketStart | null {
  const { data } = startSchema.safeParse(jsonOf(text));
  if (!data) return null;
  const variables = Object.entries(data.channel_variables).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.replace(/^_{1,2}/, ''), value] as const] : [],
  );
  return {
    event: data.event,
    channelId: data.channel_id,
    format: data.format,
    frameBytes: data.optimal_frame_size,
    variables: new Map(variables),
  };
}

/** Reads a text message that follows the start. Never throws. */
export function parseChanWebSocketEvent(data: Buffer): ChanWebSocketEvent | Fault {
  if (data.byteLength > MAX_TEXT_BYTES) return { fault: 'bad-fields' };
  const message = jsonOf(data.toString());
  if (message === undefined) return { fault: 'not-json' };
  if (typeof message !== 'object' || message === null) return { fault: 'not-an-event' };
  const fields = message as Readonly<Record<string, unknown>>;
  if (typeof fields.event !== 'string') return { fault: 'not-an-event' };
  return READERS.get(fields.event)?.(fields) ?? { event: 'unknown' };
}

type Reader = (fields: Readonly<Record<string, unknown>>) => ChanWebSocketEvent | Fault;

const plain =
  (event: 'MEDIA_XOFF' | 'MEDIA_XON' | 'STATUS' | 'ERROR'): Reader =>
  () => ({ event });
const marked =
  (event: 'MEDIA_MARK_PROCESSED' | 'MEDIA_BUFFERING_COMPLETED'): Reader =>
  ({ correlation_id: mark }) =>
    typeof mark === 'string' && mark.length <= MAX_ID_LENGTH ? { event, mark } : { fault: 'bad-fields' };

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['MEDIA_XOFF', plain('MEDIA_XOFF')],
  ['MEDIA_XON', plain('MEDIA_XON')],
  ['STATUS', plain('STATUS')],
  ['ERROR', plain('ERROR')],
  ['MEDIA_MARK_PROCESSED', marked('MEDIA_MARK_PROCESSED')],
  ['MEDIA_BUFFERING_COMPLETED', marked('MEDIA_BUFFERING_COMPLETED')],
  [
    'DTMF_END',
    ({ digit }) =>
      typeof digit === 'string' && DIGIT.test(digit) ? { event: 'DTMF_END', digit } : { fault: 'bad-fields' },
  ],
]);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asterisk ignores a longer command, with a warning in its log. */
export const MAX_COMMAND_BYTES = 128;

export type ChanWebSocketCommand =
  'HANGUP' | 'START_MEDIA_BUFFERING' | 'STOP_MEDIA_BUFFERING' | 'MARK_MEDIA' | 'FLUSH_MEDIA' | 'GET_STATUS';

/**
 * Writes a command.
 * @param mark plain ASCII without quotes, at most 64 characters
 */
export function command(name: ChanWebSocketCommand, mark?: string): string {
  return mark === undefined ? `{"command":"${name}"}` : `{"command":"${name}","correlation_id":"${mark}"}`;
}
