import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MediaReader } from './media-reader.ts';
import { parseTwilioMessage } from './twilio-messages.ts';

const media = (chunk: number | string, payload: string, streamSid = 'MZ1') =>
  `{"event":"media","sequenceNumber":"${Number(chunk) + 1}","media":{"track":"inbound","chunk":"${chunk}",` +
  `"timestamp":"${Number(chunk) * 20}","payload":"${payload}"},"streamSid":"${streamSid}"}`;
const voice = (bytes: number) => Buffer.alloc(bytes, 0x7f).toString('base64');

function read(text: string): { chunk: number; payload: string; byteLength: number } | null {
  const reader = new MediaReader('MZ1');
  const frame = reader.read(Buffer.from(text));
  return frame && { chunk: reader.chunk, payload: frame.base64, byteLength: frame.byteLength };
}

describe('a media message as Twilio writes it', () => {
  it.each([1, 2, 3, 159, 160, 161, 1_600, 4_000])(
    'is read from its bytes with %i bytes of audio',
    (bytes) => {
      expect(read(media(7, voice(bytes)))).toEqual({ chunk: 7, payload: voice(bytes), byteLength: bytes });
    },
  );

  it('keeps its audio in the memory it came in', () => {
    const message = Buffer.from(media(1, voice(160)));
    expect(new MediaReader('MZ1').read(message)?.base64Ascii.buffer).toBe(message.buffer);
  });

  it.each([
    ['of another stream', media(1, voice(160), 'MZ2')],
    ['of the other track', media(1, voice(160)).replace('inbound', 'outbound')],
    ['with spaces', media(1, voice(160)).replaceAll(':', ': ')],
    [
      'with its keys in another order',
      JSON.stringify({
        streamSid: 'MZ1',
        event: 'media',
        media: { track: 'inbound', chunk: '1', payload: voice(160) },
      }),
    ],
    ['with something behind it', `${media(1, voice(160))} `],
    ['cut short', media(1, voice(160)).slice(0, -3)],
    ['without audio', media(1, '')],
    ['with more audio than comes at once', media(1, voice(8_000))],
    ['with a letter base64 does not have', media(1, `${voice(159).slice(0, -1)}-`)],
    ['with padding inside', media(1, `AA==${voice(3)}`)],
    ['with one character too few', media(1, voice(159).slice(0, -1))],
    ['with audio that would end our JSON', media(1, 'AAAA","x":"AAAA')],
    ['without a chunk', media('', voice(160))],
    ['with a chunk longer than a call', media('1'.repeat(13), voice(160))],
    ['of another kind', '{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"0.160"}}'],
    ['of nothing', ''],
  ])('%s is left to the full parser', (_what, text) => {
    expect(read(text)).toBeNull();
  });

  it('is read exactly as the full parser reads it', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.nat(1_000_000),
        fc.array(change, { maxLength: 2 }),
        (audio, chunk, changes) => {
          const message = Buffer.from(media(chunk, Buffer.from(audio).toString('base64')));
          for (const { at, byte } of changes) message[at % message.length] = byte;
          const fast = read(message.toString('latin1'));
          if (fast === null) expect(changes.length).toBeGreaterThan(0);
          else
            expect(parseTwilioMessage(message.toString())).toEqual({
              event: 'media',
              streamSid: 'MZ1',
              ...fast,
            });
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
