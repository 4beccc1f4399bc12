import { describe, expect, it } from '@jest/globals';
import { decodeMulaw, encodeMulaw, MULAW_SILENCE, resample } from '@tandem/kit';
import { ToneVoice } from './tone-voice.ts';

const silence = (bytes: number) => new Uint8Array(bytes).fill(MULAW_SILENCE);
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
/** Takes audio over the rates it may pass on its way, and shifts it by some samples. */
const converted = (audio: Uint8Array, shift: number) =>
  joined(
    silence(shift),
    encodeMulaw(
      resample(resample(resample(decodeMulaw(audio), 8_000, 24_000), 24_000, 16_000), 16_000, 8_000),
    ),
    silence(160),
  );

describe('a voice of tones', () => {
  it('is understood unchanged, wherever it begins', () => {
    const voice = new ToneVoice();
    const audio = joined(
      silence(1_037),
      voice.speak('hello', 700),
      silence(500),
      voice.speak('and again', 400),
    );
    expect(voice.hear(audio)).toMatchObject([
      { text: 'hello', frames: 35, total: 35 },
      { text: 'and again', frames: 20, total: 20 },
    ]);
  });

  it.each([0, 3, 11, 17, 80])('is understood at other rates, %i samples late', (shift) => {
    const voice = new ToneVoice();
    for (let number = 0; number < 40; number += 1) {
      const text = `call ${number} turn 1`;
      const [heard, ...others] = voice.hear(converted(voice.speak(text, 300), shift));
      expect(others).toEqual([]);
      expect(heard).toMatchObject({ text, total: 15 });
      expect(heard?.frames).toBeGreaterThanOrEqual(14);
    }
  });

  it('that breaks off has as many frames as were heard', () => {
    const voice = new ToneVoice();
    const words = voice.speak('a sentence that is cut', 1_200);
    expect(voice.hear(joined(words.subarray(0, 160 * 13 + 70), silence(800)))).toMatchObject([
      { frames: 13, total: 60 },
    ]);
    expect(voice.hear(joined(words.subarray(0, 160 * 13), words))).toMatchObject([
      { frames: 13 },
      { frames: 60 },
    ]);
  });

  it('is not heard in silence, in noise or in other tones', () => {
    const voice = new ToneVoice();
    voice.speak('something', 200);
    const noise = Int16Array.from({ length: 16_000 }, (_, at) => Math.sin(at * at * 0.37) * 8_000);
    expect(voice.hear(silence(16_000))).toEqual([]);
    expect(voice.hear(encodeMulaw(noise))).toEqual([]);
  });
});
