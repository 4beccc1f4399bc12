import { decodeMulaw, encodeMulaw, SAMPLE_RATE_HZ, SILENCE_BYTE } from './mulaw.ts';

const PCM = 1;
const ALAW = 6;
const MULAW = 7;
const EXTENSIBLE = 0xfffe;

export class WavError extends Error {
  override readonly name = 'WavError';
}

interface WavFormat {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
}

function chunks(wav: Buffer): Map<string, Buffer> {
  if (
    wav.length < 12 ||
    wav.toString('latin1', 0, 4) !== 'RIFF' ||
    wav.toString('latin1', 8, 12) !== 'WAVE'
  ) {
    throw new WavError('Not a WAV file: the RIFF/WAVE header is missing.');
  }
  const found = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= wav.length;) {
    const size = wav.readUInt32LE(at + 4);
    found.set(wav.toString('latin1', at, at + 4), wav.subarray(at + 8, Math.min(at + 8 + size, wav.length)));
    at += 8 + size + (size % 2);
  }
  return found;
}

function readFormat(chunk: Buffer | undefined): WavFormat {
  if (!chunk || chunk.length < 16) throw new WavError('The WAV file has no usable "fmt " chunk.');
  const encoding = chunk.readUInt16LE(0);
  return {
    encoding: encoding === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : encoding,
    channels: chunk.readUInt16LE(2),
    sampleRateHz: chunk.readUInt32LE(4),
    bitsPerSample: chunk.readUInt16LE(14),
  };
}

function samples(data: Buffer, format: WavFormat): Int16Array {
  if (format.encoding === MULAW && format.bitsPerSample === 8) return decodeMulaw(data);
  if (format.encoding === PCM && format.bitsPerSample === 8)
    return Int16Array.from(data, (byte) => (byte - 128) << 8);
  if (format.encoding === PCM && format.bitsPerSample === 16) {
    return Int16Array.from({ length: data.length >> 1 }, (_, i) => data.readInt16LE(i * 2));
  }
  const name =
    format.encoding === ALAW ? 'A-law' : `encoding ${format.encoding}, ${format.bitsPerSample} bits`;
  throw new WavError(`Cannot read ${name}. Use 8- or 16-bit PCM or µ-law.`);
}

function toMono(interleaved: Int16Array, channels: number): Int16Array {
  if (channels === 1) return interleaved;
  return Int16Array.from({ length: Math.floor(interleaved.length / channels) }, (_, i) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += interleaved[i * channels + channel] ?? 0;
    return Math.round(sum / channels);
  });
}

/**
 * Averages over the span of each output sample on the way down, interpolates on the way up. Plain, good
 * enough for speech.
 */
function toPhoneRate(pcm: Int16Array, sampleRateHz: number): Int16Array {
  if (sampleRateHz === SAMPLE_RATE_HZ) return pcm;
  const step = sampleRateHz / SAMPLE_RATE_HZ;
  return Int16Array.from({ length: Math.floor(pcm.length / step) }, (_, i) => {
    const from = i * step;
    if (step < 1) {
      const left = pcm[Math.floor(from)] ?? 0;
      const right = pcm[Math.min(Math.floor(from) + 1, pcm.length - 1)] ?? left;
      return Math.round(left + (right - left) * (from - Math.floor(from)));
    }
    let sum = 0;
    const first = Math.floor(from);
    const last = Math.max(first + 1, Math.floor(from + step));
    for (let at = first; at < last; at += 1) sum += pcm[at] ?? 0;
    return Math.round(sum / (last - first));
  });
}

/** A WAV file (8/16-bit PCM or µ-law, any rate, any channel count) as µ-law 8 kHz mono. Throws `WavError`. */
export function wavToMulaw(file: Uint8Array): Uint8Array {
  const found = chunks(Buffer.from(file.buffer, file.byteOffset, file.byteLength));
  const format = readFormat(found.get('fmt '));
  const data = found.get('data');
  if (!data || format.channels < 1 || format.sampleRateHz < 1)
    throw new WavError('The WAV file holds no audio.');
  return encodeMulaw(toPhoneRate(toMono(samples(data, format), format.channels), format.sampleRateHz));
}

/**
 * Two µ-law 8 kHz tracks as one stereo µ-law WAV: first left, second right. The shorter one is filled with
 * silence.
 */
export function stereoWav(left: readonly Uint8Array[], right: readonly Uint8Array[]): Uint8Array {
  const sides = [Buffer.concat(left), Buffer.concat(right)] as const;
  const length = Math.max(sides[0].length, sides[1].length);
  const wav = Buffer.alloc(44 + length * 2, SILENCE_BYTE);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + length * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(MULAW, 20);
  wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  wav.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(8, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(length * 2, 40);
  sides.forEach((side, offset) => side.forEach((byte, i) => (wav[44 + i * 2 + offset] = byte)));
  return wav;
}
