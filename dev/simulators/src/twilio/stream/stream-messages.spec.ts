import { describe, expect, it } from '@jest/globals';
import { CONNECTED_MESSAGE, readServerMessage, SILENCE_BASE64, StreamEncoder } from './stream-messages.ts';

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

describe('messages to Twilio', () => {
  const read = (message: unknown) =>
    readServerMessage(typeof message === 'string' ? message : JSON.stringify(message), streamSid);
  const payload = Buffer.alloc(20, 0x55).toString('base64');

  it('are media of any size, mark and clear', () => {
    expect(read({ event: 'media', streamSid, media: { payload } })).toEqual({
      event: 'media',
      audio: Buffer.alloc(20, 0x55),
    });
    expect(read({ event: 'mark', streamSid, mark: { name: 'm' } })).toEqual({ event: 'mark', name: 'm' });
    expect(read({ event: 'clear', streamSid })).toEqual({ event: 'clear' });
    const long = Buffer.alloc(480_000, 1).toString('base64');
    expect(read({ event: 'media', streamSid, media: { payload: long } })).toMatchObject({ event: 'media' });
  });

  it.each([
    ['broken JSON', '{"event":"media"'],
    ['no object', '[1]'],
    ['null', 'null'],
    ['no event', { streamSid }],
    ['an event of Twilio', { event: 'start', streamSid }],
    ['dtmf, which cannot be sent', { event: 'dtmf', streamSid, dtmf: { digit: '1' } }],
    ['a name of Object.prototype', { event: 'constructor', streamSid }],
    ['no streamSid', { event: 'clear' }],
    ['another streamSid', { event: 'clear', streamSid: `MZ${'9'.repeat(32)}` }],
    ['media without body', { event: 'media', streamSid }],
    ['media without payload', { event: 'media', streamSid, media: {} }],
    ['a payload that is no text', { event: 'media', streamSid, media: { payload: [1, 2] } }],
    ['an empty payload', { event: 'media', streamSid, media: { payload: '' } }],
    [
      'a payload with line breaks',
      { event: 'media', streamSid, media: { payload: `${payload.slice(0, 8)}\n${payload.slice(8)}` } },
    ],
    [
      'a payload without padding',
      { event: 'media', streamSid, media: { payload: payload.replaceAll('=', '') } },
    ],
    ['a payload in the URL alphabet', { event: 'media', streamSid, media: { payload: '_-_-' } }],
    ['a payload with stray bits', { event: 'media', streamSid, media: { payload: 'AB==' } }],
    [
      'a WAV header',
      {
        event: 'media',
        streamSid,
        media: { payload: Buffer.from('RIFF\0\0\0\0WAVEfmt ').toString('base64') },
      },
    ],
    ['unexpected fields in media', { event: 'media', streamSid, media: { payload, track: 'outbound' } }],
    ['unexpected fields beside it', { event: 'media', streamSid, sequenceNumber: '1', media: { payload } }],
    ['a mark without name', { event: 'mark', streamSid, mark: {} }],
    ['a mark with a number for a name', { event: 'mark', streamSid, mark: { name: 7 } }],
    ['a mark with an empty name', { event: 'mark', streamSid, mark: { name: '' } }],
    ['a clear with content', { event: 'clear', streamSid, clear: {} }],
  ])('are refused with %s', (_, message) => {
    expect(read(message)).toMatchObject({ event: 'invalid', reason: expect.any(String) });
  });
});
