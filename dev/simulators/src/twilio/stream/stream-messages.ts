import { FRAME_BYTES, FRAME_MS, MULAW_SILENCE } from '@tandem/kit';
// The Media Streams wire, both directions. Source: twilio.com/docs/voice/media-streams/websocket-messages.

export type StreamTrack = 'inbound' | 'outbound';

export const SILENCE_BASE64 = Buffer.alloc(FRAME_BYTES, MULAW_SILENCE).toString('base64');

export const CONNECTED_MESSAGE = JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' });

export interface StreamIdentity {
  readonly streamSid: string;
  readonly callSid: string;
  readonly accountSid: string;
}

/**
 * Writes the messages of one stream. Sequence numbers, chunks and timestamps are strings holding integers;
 * sample rate and channels are numbers. A media message costs one string concatenation: everything that does
 * not change is kept.
 */
export class StreamEncoder {
  private readonly identity: StreamIdentity;
  private readonly mediaEnd: string;
  private readonly silenceEnd: string;
  private readonly chunks: Record<StreamTrack, number> = { inbound: 0, outbound: 0 };
  private sequence = 0;

  constructor(identity: StreamIdentity) {
    this.identity = identity;
    this.mediaEnd = `"},"streamSid":"${identity.streamSid}"}`;
    this.silenceEnd = SILENCE_BASE64 + this.mediaEnd;
  }

  start(tracks: readonly StreamTrack[], customParameters: Readonly<Record<string, string>>): string {
    const { streamSid, accountSid, callSid } = this.identity;
    const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
    return JSON.stringify({
      event: 'start',
      sequenceNumber: this.nextSequence(),
      start: { accountSid, streamSid, callSid, tracks, mediaFormat, customParameters },
      streamSid,
    });
  }

  /** Returns the message of one frame; null is silence. `timestamp` is ms of audio before this chunk. */
  media(track: StreamTrack, base64: string | null): string {
    const chunk = (this.chunks[track] += 1);
    this.sequence += 1;
    const head =
      `{"event":"media","sequenceNumber":"${this.sequence}",` +
      `"media":{"track":"${track}","chunk":"${chunk}","timestamp":"${(chunk - 1) * FRAME_MS}","payload":"`;
    return base64 === null ? head + this.silenceEnd : head + base64 + this.mediaEnd;
  }

  /** A frame of this track was discarded: its time passes, no message is numbered. */
  skipChunk(track: StreamTrack): void {
    this.chunks[track] += 1;
  }

  dtmf(digit: string): string {
    const { streamSid } = this.identity;
    return JSON.stringify({
      event: 'dtmf',
      streamSid,
      sequenceNumber: this.nextSequence(),
      dtmf: { track: 'inbound_track', digit },
    });
  }

  mark(name: string): string {
    const { streamSid } = this.identity;
    return JSON.stringify({ event: 'mark', sequenceNumber: this.nextSequence(), streamSid, mark: { name } });
  }

  stop(): string {
    const { streamSid, accountSid, callSid } = this.identity;
    return JSON.stringify({
      event: 'stop',
      sequenceNumber: this.nextSequence(),
      streamSid,
      stop: { accountSid, callSid },
    });
  }

  private nextSequence(): string {
    this.sequence += 1;
    return String(this.sequence);
  }
}

type ServerMessage =
  | { readonly event: 'media'; readonly audio: Uint8Array }
  | { readonly event: 'mark'; readonly name: string }
  | { readonly event: 'clear' }
  | { readonly event: 'invalid'; readonly reason: string };

function invalid(reason: string): ServerMessage {
  return { event: 'invalid', reason };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unexpectedField(value: Record<string, unknown>, allowed: readonly string[]): string | null {
  for (const key in value) if (!allowed.includes(key)) return key;
  return null;
}

/** Standard alphabet, padded, canonical: what decodes and encodes back to itself. Null when it is not. */
function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function readMedia(message: Record<string, unknown>): ServerMessage {
  const { media } = message;
  if (!isObject(media)) return invalid('media: the "media" object is missing');
  const extra = unexpectedField(media, ['payload']);
  if (extra !== null) return invalid(`media: unexpected field "media.${extra}"`);
  if (typeof media.payload !== 'string') return invalid('media: "media.payload" is not a string');
  const audio = strictBase64(media.payload);
  if (!audio) return invalid('media: "media.payload" is not base64');
  if (audio.length === 0) return invalid('media: "media.payload" is empty');
  if (audio.toString('latin1', 0, 4) === 'RIFF')
    return invalid('media: "media.payload" begins with a file header');
  return { event: 'media', audio };
}

function readMark(message: Record<string, unknown>): ServerMessage {
  const { mark } = message;
  if (!isObject(mark)) return invalid('mark: the "mark" object is missing');
  const extra = unexpectedField(mark, ['name']);
  if (extra !== null) return invalid(`mark: unexpected field "mark.${extra}"`);
  if (typeof mark.name !== 'string' || mark.name === '') return invalid('mark: "mark.name" is not a text');
  return { event: 'mark', name: mark.name };
}

const FIELDS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['media', ['event', 'streamSid', 'media']],
  ['mark', ['event', 'streamSid', 'mark']],
  ['clear', ['event', 'streamSid']],
]);

/** Reads one text message of the server as strictly as Twilio's error pages 31924 and 31951 describe. */
export function readServerMessage(text: string, streamSid: string): ServerMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return invalid('not JSON');
  }
  if (!isObject(message)) return invalid('not a JSON object');
  const event = typeof message.event === 'string' ? message.event : '';
  const fields = FIELDS.get(event);
  if (!fields) return invalid(`unknown event "${event.slice(0, 50)}"`);
  const extra = unexpectedField(message, fields);
  if (extra !== null) return invalid(`${event}: unexpected field "${extra}"`);
  if (message.streamSid !== streamSid) return invalid(`${event}: "streamSid" is not the sid of this stream`);
  if (event === 'media') return readMedia(message);
  return event === 'mark' ? readMark(message) : { event: 'clear' };
}
