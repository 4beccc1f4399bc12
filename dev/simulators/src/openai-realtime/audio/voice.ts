import { sameFormat, type AudioFormat } from '@tandem/contracts';
import { encodeSamples, toBytes, type AudioSource } from '../wire/audio-format.ts';

/** Turns text into bytes of the given format. Injected where real speech is wanted. */
export type Speak = (text: string, format: AudioFormat) => Uint8Array | Promise<Uint8Array>;

/** Duration of a character in the built-in voice: about 16 characters a second, brisk speech. */
export const MS_PER_CHARACTER = 60;

/** Shortest answer the built-in voice gives, so that an empty text is still heard. */
const MIN_SPEECH_MS = 300;

/** Amplitude of the built-in voice: -12 dBFS, as loud as telephone speech gets. */
const AMPLITUDE = 8192;

export class BytesSource implements AudioSource {
  private readonly buffer: Buffer;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get byteLength(): number {
    return this.buffer.length;
  }

  base64(offset: number, length: number): string {
    return this.buffer.toString('base64', offset, Math.min(this.buffer.length, offset + length));
  }

  bytes(offset: number, length: number): Uint8Array {
    return this.buffer.subarray(offset, offset + length);
  }
}

/**
 * The built-in voice: a tone burst per word, as long as the word has characters, with a gap of one character
 * between words. Pitch follows the word, so different texts sound (and compare) different. The same text
 * gives the same bytes.
 */
export function speakTones(text: string, format: AudioFormat): Uint8Array {
  const samplesPerCharacter = (format.rateHz * MS_PER_CHARACTER) / 1000;
  const total = Math.max(text.length * samplesPerCharacter, (format.rateHz * MIN_SPEECH_MS) / 1000);
  const samples = new Int16Array(total);
  const words =
    text.trim() === ''
      ? [{ word: 'm'.repeat(MIN_SPEECH_MS / MS_PER_CHARACTER), start: 0 }]
      : wordsWithStart(text);
  for (const { word, start } of words) {
    writeTone(
      samples,
      start * samplesPerCharacter,
      word.length * samplesPerCharacter,
      pitchOf(word),
      format.rateHz,
    );
  }
  return encodeSamples(samples, format);
}

function wordsWithStart(text: string): { word: string; start: number }[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ word: match[0], start: match.index }));
}

/** 200 to 695 Hz in steps of 5, from the word's letters. */
function pitchOf(word: string): number {
  let hash = 0;
  for (const letter of word) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 100;
  return 200 + hash * 5;
}

function writeTone(samples: Int16Array, from: number, length: number, pitchHz: number, rateHz: number): void {
  const end = Math.min(samples.length, from + length);
  const step = (2 * Math.PI * pitchHz) / rateHz;
  for (let index = from; index < end; index++)
    samples[index] = Math.round(AMPLITUDE * Math.sin(step * (index - from)));
}

/** One second of a steady 400 Hz tone, whose period divides both our rates, repeated without a seam. */
class SteadyTone {
  readonly format: AudioFormat;
  private readonly second: Buffer;
  private readonly texts = new Map<string, string>();

  constructor(format: AudioFormat) {
    this.format = format;
    const samples = new Int16Array(format.rateHz);
    writeTone(samples, 0, samples.length, 400, format.rateHz);
    const once = Buffer.from(encodeSamples(samples, format));
    this.second = Buffer.concat([once, once]);
  }

  bytes(offset: number, length: number): Uint8Array {
    const once = this.second.length / 2;
    const start = offset % once;
    if (length <= once) return this.second.subarray(start, start + length);
    return Buffer.from(
      Uint8Array.from({ length }, (_, index) => this.second[(start + index) % once] as number),
    );
  }

  /** Pieces of the same position and length share one string: under load nothing is encoded twice. */
  base64(offset: number, length: number): string {
    const key = `${offset % (this.second.length / 2)}:${length}`;
    let text = this.texts.get(key);
    if (text === undefined) {
      text = Buffer.from(this.bytes(offset, length)).toString('base64');
      if (this.texts.size < 256) this.texts.set(key, text);
    }
    return text;
  }
}

const tones: SteadyTone[] = [];

/** A steady tone of any length that costs next to nothing to send. */
export function steadyTone(durationMs: number, format: AudioFormat): AudioSource {
  let tone = tones.find((candidate) => sameFormat(candidate.format, format));
  if (!tone) {
    tone = new SteadyTone(format);
    tones.push(tone);
  }
  const byteLength = toBytes(durationMs, format);
  const { bytes, base64 } = { bytes: tone.bytes.bind(tone), base64: tone.base64.bind(tone) };
  const clip = (offset: number, length: number): number => Math.max(0, Math.min(length, byteLength - offset));
  return {
    byteLength,
    bytes: (offset, length) => bytes(offset, clip(offset, length)),
    base64: (offset, length) => base64(offset, clip(offset, length)),
  };
}

/** The built-in voice with a memory: the same words in the same format are made once. */
export function cachingSpeaker(speak: Speak = speakTones, maxTexts = 256): Speak {
  const made = new Map<string, Uint8Array>();
  const keep = (key: string, bytes: Uint8Array): Uint8Array => {
    if (made.size >= maxTexts) made.delete(made.keys().next().value as string);
    made.set(key, bytes);
    return bytes;
  };
  return (text, format) => {
    const key = `${format.encoding}:${format.rateHz}:${text}`;
    const known = made.get(key);
    if (known) return known;
    const bytes = speak(text, format);
    return bytes instanceof Promise ? bytes.then((found) => keep(key, found)) : keep(key, bytes);
  };
}
