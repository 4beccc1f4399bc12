import { decodeMulaw, encodeMulaw, MULAW_SILENCE, PHONE_RATE_HZ } from './g711.ts';
import { resample } from './resample.ts';

/** Mono samples and their rate. */
export interface Pcm {
  readonly samples: Int16Array;
  readonly rateHz: number;
}

interface WavFormat {
  readonly encoding: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const HEADER_BYTES = 44;
const PCM = 1;
const MULAW = 7;
/** Format tag of a header that states its encoding in a GUID behind the plain fields. */
const EXTENSIBLE = 0xfffe;
const MIN_RATE_HZ = 1_000;
const MAX_RATE_HZ = 192_000;

export class WavError extends Error {
  override readonly name = 'WavError';
}

/**
 * Reads a RIFF WAVE file of 8- or 16-bit PCM or µ-law and mixes its channels down to one. A data chunk ends
 * at the end of the file at the latest: a program that writes to a pipe cannot know the length beforehand
 * (espeak-ng writes 0x7ffff000).
 * @throws WavError for anything else
 */
export function readWav(file: Uint8Array): Pcm {
  const wav = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (wav.length < RIFF_HEADER_BYTES || tagAt(wav, 0) !== 'RIFF' || tagAt(wav, 8) !== 'WAVE')
    throw new WavError('Not a WAV file: the RIFF/WAVE header is missing.');
  let format: WavFormat | null = null;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= wav.length;) {
    const body = at + CHUNK_HEADER_BYTES;
    const size = wav.readUInt32LE(at + 4);
    const chunk = wav.subarray(body, body + size);
    if (tagAt(wav, at) === 'fmt ') format = readFormat(chunk);
    if (tagAt(wav, at) === 'data') {
      if (!format) throw new WavError('The WAV file has data before its format.');
      return { samples: toMono(readSamples(chunk, format), format.channels), rateHz: format.rateHz };
    }
    at = body + size + (size % 2);
  }
  throw new WavError('The WAV file holds no audio.');
}

function tagAt(wav: Buffer, at: number): string {
  return wav.toString('latin1', at, at + 4);
}

function readFormat(chunk: Buffer): WavFormat {
  if (chunk.length < 16) throw new WavError('The format of the WAV file is cut off.');
  const tag = chunk.readUInt16LE(0);
  const encoding = tag === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag;
  const channels = chunk.readUInt16LE(2);
  const rateHz = chunk.readUInt32LE(4);
  const bits = chunk.readUInt16LE(14);
  if (channels < 1 || rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ)
    throw new WavError(`The WAV file claims ${channels} channels at ${rateHz} Hz.`);
  return { encoding, channels, rateHz, bits };
}

function readSamples(data: Buffer, { encoding, bits }: WavFormat): Int16Array {
  if (encoding === MULAW && bits === 8) return decodeMulaw(data);
  if (encoding === PCM && bits === 8) return Int16Array.from(data, (byte) => (byte - 128) << 8);
  if (encoding === PCM && bits === 16)
    return Int16Array.from({ length: data.length >> 1 }, (_, index) => data.readInt16LE(index * 2));
  throw new WavError(`Cannot read encoding ${encoding}, ${bits} bits. Use 8- or 16-bit PCM or µ-law.`);
}

function toMono(interleaved: Int16Array, channels: number): Int16Array {
  if (channels === 1) return interleaved;
  return Int16Array.from({ length: Math.floor(interleaved.length / channels) }, (_, frame) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1)
      sum += interleaved[frame * channels + channel] ?? 0;
    return Math.round(sum / channels);
  });
}

/** Reads a WAV file of any rate as µ-law at 8 kHz. @throws WavError as {@link readWav} does */
export function wavToMulaw(file: Uint8Array): Uint8Array {
  const { samples, rateHz } = readWav(file);
  return encodeMulaw(resample(samples, rateHz, PHONE_RATE_HZ));
}

/** Returns a WAV file of 16-bit mono PCM. */
export function writeWav({ samples, rateHz }: Pcm): Buffer {
  const wav = Buffer.alloc(HEADER_BYTES + samples.length * 2);
  writeHeader(wav, { encoding: PCM, channels: 1, rateHz, bits: 16 });
  samples.forEach((sample, index) => wav.writeInt16LE(sample, HEADER_BYTES + index * 2));
  return wav;
}

/**
 * Returns two µ-law tracks at 8 kHz as one stereo µ-law WAV file: first left, second right. The shorter track
 * is filled with silence.
 */
export function stereoMulawWav(left: readonly Uint8Array[], right: readonly Uint8Array[]): Buffer {
  const tracks = [Buffer.concat(left), Buffer.concat(right)] as const;
  const length = Math.max(tracks[0].length, tracks[1].length);
  const wav = Buffer.alloc(HEADER_BYTES + length * 2, MULAW_SILENCE);
  writeHeader(wav, { encoding: MULAW, channels: 2, rateHz: PHONE_RATE_HZ, bits: 8 });
  tracks.forEach((track, channel) =>
    track.forEach((byte, index) => (wav[HEADER_BYTES + index * 2 + channel] = byte)),
  );
  return wav;
}

/** Writes the header of a file of which all the rest is the data chunk. */
function writeHeader(wav: Buffer, { encoding, channels, rateHz, bits }: WavFormat): void {
  const frameBytes = (channels * bits) / 8;
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(encoding, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(rateHz, 24);
  wav.writeUInt32LE(rateHz * frameBytes, 28);
  wav.writeUInt16LE(frameBytes, 32);
  wav.writeUInt16LE(bits, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(wav.length - HEADER_BYTES, 40);
}
