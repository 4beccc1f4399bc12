import { FRAME_BYTES, FRAME_MS, MULAW_SILENCE } from '@tandem/kit';
// What Twilio sends on Media Streams. Source: twilio.com/docs/voice/media-streams/websocket-messages.

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
