import { describe, expect, it } from '@jest/globals';
import { CONNECTED_MESSAGE, SILENCE_BASE64, StreamEncoder } from './stream-messages.ts';

const IDENTITY = {
  streamSid: `MZ${'1'.repeat(32)}`,
  callSid: `CA${'2'.repeat(32)}`,
  accountSid: `AC${'3'.repeat(32)}`,
};
const { streamSid } = IDENTITY;

describe('messages from Twilio', () => {
  it('begin with a connected message without sid and number', () => {
    expect(JSON.parse(CONNECTED_MESSAGE)).toEqual({ event: 'connected', protocol: 'Call', version: '1.0.0' });
  });

  it('write numbers as texts everywhere but in the media format', () => {
    const encoder = new StreamEncoder(IDENTITY);
    expect(JSON.parse(encoder.start(['inbound'], { token: 'x' }))).toEqual({
      event: 'start',
      sequenceNumber: '1',
      streamSid,
      start: {
        ...IDENTITY,
        tracks: ['inbound'],
        customParameters: { token: 'x' },
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      },
    });
    expect(JSON.parse(encoder.media('inbound', 'AAAA'))).toEqual({
      event: 'media',
      sequenceNumber: '2',
      streamSid,
      media: { track: 'inbound', chunk: '1', timestamp: '0', payload: 'AAAA' },
    });
    expect(JSON.parse(encoder.dtmf('#'))).toEqual({
      event: 'dtmf',
      sequenceNumber: '3',
      streamSid,
      dtmf: { track: 'inbound_track', digit: '#' },
    });
    expect(JSON.parse(encoder.mark('a "name"'))).toEqual({
      event: 'mark',
      sequenceNumber: '4',
      streamSid,
      mark: { name: 'a "name"' },
    });
    expect(JSON.parse(encoder.stop())).toEqual({
      event: 'stop',
      sequenceNumber: '5',
      streamSid,
      stop: { accountSid: IDENTITY.accountSid, callSid: IDENTITY.callSid },
    });
  });

  it('send 160 bytes of silence in silence', () => {
    const message = JSON.parse(new StreamEncoder(IDENTITY).media('inbound', null)) as {
      media: { payload: string };
    };
    expect(message.media.payload).toBe(SILENCE_BASE64);
    expect(Buffer.from(SILENCE_BASE64, 'base64')).toEqual(Buffer.alloc(160, 0xff));
  });

  it('count chunks and timestamps by track, discarded frames included', () => {
    const encoder = new StreamEncoder(IDENTITY);
    const media = (text: string) => {
      const { sequenceNumber, media: body } = JSON.parse(text) as {
        sequenceNumber: string;
        media: { chunk: string; timestamp: string };
      };
      return [sequenceNumber, body.chunk, body.timestamp];
    };
    expect(media(encoder.media('inbound', null))).toEqual(['1', '1', '0']);
    expect(media(encoder.media('outbound', null))).toEqual(['2', '1', '0']);
    encoder.skipChunk('inbound');
    expect(media(encoder.media('inbound', null))).toEqual(['3', '3', '40']);
  });
});
