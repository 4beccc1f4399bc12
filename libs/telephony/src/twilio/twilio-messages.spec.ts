import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clearMessage, markMessage, mediaMessage, parseTwilioMessage } from './twilio-messages.ts';

const start = {
  event: 'start',
  sequenceNumber: '1',
  streamSid: 'MZ18ad3ab5a668481ce02b83e7395059f0',
  start: {
    streamSid: 'MZ18ad3ab5a668481ce02b83e7395059f0',
    accountSid: 'AC123',
    callSid: 'CA123',
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { ticket: 'abc' },
  },
};
const media = (changes: object = {}) =>
  JSON.stringify({
    event: 'media',
    sequenceNumber: '4',
    streamSid: 'MZ1',
    media: {
      track: 'inbound',
      chunk: '2',
      timestamp: '40',
      payload: Buffer.alloc(160, 0x7f).toString('base64'),
      ...changes,
    },
  });

describe('a Twilio message', () => {
  it('is read into its fields, for each kind', () => {
    expect(parseTwilioMessage('{"event":"connected","protocol":"Call","version":"1.0.0"}')).toEqual({
      event: 'connected',
    });
    expect(parseTwilioMessage(JSON.stringify(start))).toEqual({
      event: 'start',
      streamSid: start.streamSid,
      callSid: 'CA123',
      accountSid: 'AC123',
      parameters: { ticket: 'abc' },
    });
    expect(parseTwilioMessage(media())).toMatchObject({
      event: 'media',
      streamSid: 'MZ1',
      chunk: 2,
      byteLength: 160,
    });
    expect(
      parseTwilioMessage(
        '{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5",' +
          '"dtmf":{"track":"inbound_track","digit":"#"}}',
      ),
    ).toEqual({
      event: 'dtmf',
      streamSid: 'MZ1',
      digit: '#',
    });
    expect(parseTwilioMessage('{"event":"mark","streamSid":"MZ1","mark":{"name":"0.160"}}')).toEqual({
      event: 'mark',
      streamSid: 'MZ1',
      name: '0.160',
    });
    expect(
      parseTwilioMessage('{"event":"stop","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}'),
    ).toEqual({ event: 'stop', streamSid: 'MZ1' });
  });

  it('reads numbers that come as strings and strings that come as numbers', () => {
    expect(parseTwilioMessage(media({ chunk: 7 }))).toMatchObject({ chunk: 7 });
    const lenient = structuredClone(start) as {
      start: { mediaFormat: { sampleRate: unknown; channels: unknown } };
    };
    lenient.start.mediaFormat.sampleRate = '8000';
    lenient.start.mediaFormat.channels = '1';
    expect(parseTwilioMessage(JSON.stringify(lenient))).toMatchObject({ event: 'start' });
  });

  it.each([
    ['nothing', '', 'not-json'],
    ['half a message', media().slice(0, 40), 'not-json'],
    ['a bare value', '42', 'not-an-event'],
    ['null', 'null', 'not-an-event'],
    ['an array', '[]', 'not-an-event'],
    ['an event that is no word', '{"event":5}', 'not-an-event'],
    ['media without a payload', media({ payload: undefined }), 'bad-fields'],
    ['media of the other track', media({ track: 'outbound' }), 'bad-fields'],
    ['media with a chunk that is no number', media({ chunk: 'x' }), 'bad-fields'],
    ['audio that is not base64', media({ payload: 'a"b' }), 'bad-audio'],
    ['audio that would end our JSON', media({ payload: 'AAAA","x":"AAAA' }), 'bad-audio'],
    ['empty audio', media({ payload: '' }), 'bad-audio'],
    ['more than a second of audio', media({ payload: Buffer.alloc(8_001).toString('base64') }), 'bad-audio'],
    ['a digit no phone has', '{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"12"}}', 'bad-fields'],
    [
      'a start of another codec',
      JSON.stringify({
        ...start,
        start: { ...start.start, mediaFormat: { encoding: 'audio/l16', sampleRate: 8000, channels: 1 } },
      }),
      'bad-fields',
    ],
    [
      'a start with a hostile sid',
      JSON.stringify({ ...start, streamSid: 'MZ","event":"clear' }),
      'bad-fields',
    ],
  ])('that is %s is refused with its reason', (_what, text, fault) => {
    expect(parseTwilioMessage(text)).toEqual({ fault });
  });

  it('is no fault when its kind is unknown', () => {
    expect(parseTwilioMessage('{"event":"transcription","streamSid":"MZ1"}')).toEqual({ event: 'unknown' });
  });

  it('never makes the parser throw', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `{"event":"media","media":${json},"streamSid":"MZ1"}`),
      fc.json().map((json) => `{"event":"start","start":${json},"streamSid":"MZ1"}`),
    );
    fc.assert(
      fc.property(anything, (text) => typeof parseTwilioMessage(text) === 'object'),
      { numRuns: 2_000 },
    );
  });
});

describe('a message to Twilio', () => {
  it('is one of the three it accepts', () => {
    expect(JSON.parse(mediaMessage('MZ1', 'AAAA'))).toEqual({
      event: 'media',
      streamSid: 'MZ1',
      media: { payload: 'AAAA' },
    });
    expect(JSON.parse(markMessage('MZ1', '0.5'))).toEqual({
      event: 'mark',
      streamSid: 'MZ1',
      mark: { name: '0.5' },
    });
    expect(JSON.parse(clearMessage('MZ1'))).toEqual({ event: 'clear', streamSid: 'MZ1' });
  });
});
