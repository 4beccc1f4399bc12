import { describe, expect, it } from '@jest/globals';
import { CODECS } from './codecs.ts';
import { FrameReader } from './frame-reader.ts';
import { frame } from './frames.ts';

function reader(joinsSplitHeaders = true) {
  const heard: string[] = [];
  const made = new FrameReader(
    {
      onAudio: (codec, payload) => heard.push(`${codec.name} ${payload.length} ${payload[0]}`),
      onHangup: () => heard.push('hangup'),
      onProtocolError: (detail) => heard.push(`error: ${detail}`),
    },
    joinsSplitHeaders,
  );
  return { heard, push: (bytes: Uint8Array) => made.push(Buffer.from(bytes)), made };
}

const audio = (type: number, bytes: number, value = 7) => frame(type, Buffer.alloc(bytes, value));

describe('frames of a relay', () => {
  it('are audio of the rate their type byte tells', () => {
    const { heard, push } = reader();
    for (const { type, frameBytes } of CODECS) push(audio(type, frameBytes));
    expect(heard).toEqual(CODECS.map(({ name, frameBytes }) => `${name} ${frameBytes} 7`));
    expect(CODECS.map(({ type, rateHz, frameBytes }) => [type, rateHz, frameBytes])).toEqual([
      [0x10, 8_000, 320],
      [0x11, 12_000, 480],
      [0x12, 16_000, 640],
      [0x13, 24_000, 960],
      [0x14, 32_000, 1_280],
      [0x15, 44_100, 1_764],
      [0x16, 48_000, 1_920],
      [0x17, 96_000, 3_840],
      [0x18, 192_000, 7_680],
    ]);
  });

  it('are read whole wherever the bytes are split', () => {
    const bytes = Buffer.concat([audio(0x12, 640, 1), audio(0x10, 320, 2), frame(0x00, Buffer.alloc(0))]);
    for (let at = 1; at < bytes.length; at += 1) {
      const { heard, push } = reader();
      push(bytes.subarray(0, at));
      push(bytes.subarray(at));
      expect(heard).toEqual(['slin16 640 1', 'slin 320 2', 'hangup']);
    }
  });

  it('of a length of their own are read to the end', () => {
    const { heard, push } = reader();
    for (const bytes of [1, 2, 65_535]) push(audio(0x10, bytes));
    expect(heard).toEqual(['slin 1 7', 'slin 2 7', 'slin 65535 7']);
  });

  it.each([0x01, 0x02, 0x03, 0x0f, 0x19, 0x7f, 0xff])('of type %i are a protocol error', (type) => {
    const { heard, push } = reader();
    push(audio(type, 1));
    push(audio(0x10, 320));
    expect(heard).toEqual([expect.stringMatching(/^error: a frame of type 0x/)]);
  });

  it('without audio are a protocol error; nothing is read after it', () => {
    const { heard, push } = reader();
    push(Buffer.concat([frame(0x10, Buffer.alloc(0)), audio(0x10, 320)]));
    expect(heard).toEqual(['error: an empty audio frame']);
  });

  it('end with a hang-up, whatever length it claims', () => {
    const { heard, push } = reader();
    push(Buffer.from([0x00, 0x00, 0x05, 1, 2, 3]));
    push(audio(0x10, 320));
    expect(heard).toEqual(['hangup']);
  });

  it.each([1, 2])('whose header comes in pieces of %i are an error before 22.9', (bytes) => {
    const { heard, push } = reader(false);
    push(audio(0x10, 320));
    push(audio(0x10, 320).subarray(0, bytes));
    expect(heard).toEqual(['slin 320 7', `error: a header came in pieces: ${bytes} of 3 bytes`]);
  });

  it('whose payload comes in pieces are no error before 22.9', () => {
    const { heard, push } = reader(false);
    const bytes = audio(0x10, 320);
    push(bytes.subarray(0, 3));
    push(bytes.subarray(3, 100));
    push(bytes.subarray(100));
    expect(heard).toEqual(['slin 320 7']);
  });

  it('show whether a payload is still to come', () => {
    const { push, made } = reader();
    push(audio(0x10, 320).subarray(0, 200));
    expect(made.isInsidePayload).toBe(true);
    push(audio(0x10, 320).subarray(200));
    expect(made.isInsidePayload).toBe(false);
  });
});
