import { describe, expect, it } from '@jest/globals';
import { readServerMessage } from './server-messages.ts';

const streamSid = `MZ${'1'.repeat(32)}`;

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
