import { encodeMulaw, FRAME_BYTES, FRAME_MS, MULAW_LINEAR, PHONE_RATE_HZ } from '@tandem/kit';
import { wordsOf, type HeardWords, type MachineVoice, type Stamp } from './machine-voice.ts';

/*
 * One tone for each bit of a stamp, on or off for 20 ms. Multiples of 100 Hz have whole periods in a frame,
 * so no tone is heard in another; the band ends where telephones and every resampler still pass everything.
 */
const TEXT_BITS = 14;
const FRAME_BITS = 7;
const CHECK_BITS = 7;
const TONES = TEXT_BITS + FRAME_BITS + CHECK_BITS;
const LOWEST_HZ = 300;
const APART_HZ = 100;
/** All tones together reach the middle of the scale at most. */
const AMPLITUDE = 600;
/** A tone above the first share of its amplitude is on, below the second off; between them it is no stamp. */
const ON = 0.65;
const OFF = 0.35;
/** How far apart positions are at which a first frame is looked for: 1 ms. */
const STEP = 8;
/** Samples of less belong to no tone. */
const QUIET = AMPLITUDE / 4;
const MAX_FRAMES = 2 ** FRAME_BITS;
const MAX_TEXTS = 2 ** TEXT_BITS;

/** Stamps of tones, for lines on which a relay converts audio and changes every byte. */
export class ToneVoice implements MachineVoice {
  private readonly texts = new Map<number, { readonly text: string; readonly total: number }>();
  private readonly numbers = new Map<string, number>();

  /** @throws RangeError for more than 2.5 s */
  speak(text: string, durationMs: number): Uint8Array {
    const total = Math.max(1, Math.round(durationMs / FRAME_MS));
    if (total > MAX_FRAMES) throw new RangeError(`A stamp of tones has no room for ${total} frames.`);
    const number = this.numbers.get(text) ?? this.numbers.size % MAX_TEXTS;
    this.numbers.set(text, number);
    this.texts.set(number, { text, total });
    const samples = new Int16Array(total * FRAME_BYTES);
    for (let frame = 0; frame < total; frame += 1)
      putTones(bitsOf(number, frame), samples, frame * FRAME_BYTES);
    return encodeMulaw(samples);
  }

  hear(audio: Uint8Array): HeardWords[] {
    return wordsOf(this.stampsIn(audio));
  }

  private *stampsIn(audio: Uint8Array): Generator<Stamp> {
    for (let at = 0; at + FRAME_BYTES <= audio.length;) {
      const bits = bitsIn(audio, at);
      const frame = bits && (bits >>> CHECK_BITS) % MAX_FRAMES;
      const spoken = bits === null ? undefined : this.texts.get(bits >>> (CHECK_BITS + FRAME_BITS));
      if (frame === null || !spoken || frame >= spoken.total) at += STEP;
      else {
        yield { ...spoken, frame, atByte: at };
        at += FRAME_BYTES;
      }
    }
  }
}

/** Returns the bits of a stamp, the check at their end. */
function bitsOf(text: number, frame: number): number {
  const content = (text << FRAME_BITS) | frame;
  return ((content << CHECK_BITS) | checkOf(content)) >>> 0;
}

/** Returns the remainder of a division by x⁷ + x³ + 1, begun with ones so that silence is no stamp. */
function checkOf(content: number): number {
  let rest = 0x7f;
  for (let bit = TEXT_BITS + FRAME_BITS - 1; bit >= 0; bit -= 1) {
    const isOdd = ((rest >>> (CHECK_BITS - 1)) & 1) !== ((content >>> bit) & 1);
    rest = ((rest << 1) & 0x7f) ^ (isOdd ? 0x09 : 0);
  }
  return rest;
}

/** For each tone its cosine and its sine over a frame, one after the other. */
const WAVES = Array.from({ length: TONES }, (_, tone) => {
  const turn = (2 * Math.PI * (LOWEST_HZ + tone * APART_HZ)) / PHONE_RATE_HZ;
  return {
    cosine: Float64Array.from({ length: FRAME_BYTES }, (_sample, at) => Math.cos(turn * at)),
    sine: Float64Array.from({ length: FRAME_BYTES }, (_sample, at) => Math.sin(turn * at)),
  };
});

function putTones(bits: number, samples: Int16Array, from: number): void {
  WAVES.forEach(({ cosine, sine }, tone) => {
    if (((bits >>> tone) & 1) === 0) return;
    // Phases that differ by the square keep the tones from adding up at one instant.
    const phase = (Math.PI * tone * tone) / TONES;
    const [real, imaginary] = [AMPLITUDE * Math.cos(phase), AMPLITUDE * Math.sin(phase)];
    for (let at = 0; at < FRAME_BYTES; at += 1)
      samples[from + at] =
        (samples[from + at] as number) + real * (cosine[at] as number) - imaginary * (sine[at] as number);
  });
}

const linear = new Float64Array(FRAME_BYTES);

/** Returns the stamp in the frame at this place; null when none begins there. */
function bitsIn(audio: Uint8Array, from: number): number | null {
  let loudest = 0;
  for (let at = 0; at < FRAME_BYTES; at += 1) {
    linear[at] = MULAW_LINEAR[audio[from + at] as number] as number;
    loudest = Math.max(loudest, Math.abs(linear[at] as number));
  }
  if (loudest < QUIET) return null;
  let bits = 0;
  for (let tone = 0; tone < TONES; tone += 1) {
    const share = amplitudeOf(tone) / AMPLITUDE;
    if (share > OFF && share < ON) return null;
    if (share >= ON) bits |= 1 << tone;
  }
  bits >>>= 0;
  return (bits & (2 ** CHECK_BITS - 1)) === checkOf(bits >>> CHECK_BITS) ? bits : null;
}

function amplitudeOf(tone: number): number {
  const { cosine, sine } = WAVES[tone] as (typeof WAVES)[number];
  let real = 0;
  let imaginary = 0;
  for (let at = 0; at < FRAME_BYTES; at += 1) {
    real += (linear[at] as number) * (cosine[at] as number);
    imaginary += (linear[at] as number) * (sine[at] as number);
  }
  return (2 / FRAME_BYTES) * Math.hypot(real, imaginary);
}
