/** A sound file cannot be played; the message says which files can. */
export class WavUnreadable extends Error {
  override readonly name = 'WavUnreadable';
  constructor(what: string) {
    super(`${what} Use a WAV file of 16-bit PCM, any sample rate, one or more channels.`);
  }
}

/** Signed 16-bit samples of one sound. */
export interface Pcm {
  readonly rateHz: number;
  /** Mono. */
  readonly samples: Int16Array;
}

/** WAVE_FORMAT_PCM, and the extensible form that names its format in the first bytes of a GUID. */
const FORMAT_PCM = 1;
const FORMAT_EXTENSIBLE = 0xfffe;
/** About three minutes of CD audio. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Reads 16-bit PCM of any rate and mixes its channels down to one. @throws WavUnreadable */
export function readWav(file: Uint8Array): Pcm {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number) =>
    at + 4 <= file.byteLength ? String.fromCharCode(...file.subarray(at, at + 4)) : '';
  if (file.byteLength > MAX_BYTES) throw new WavUnreadable('The file is larger than 32 MB.');
  if (tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new WavUnreadable('This is not a WAV file.');
  let format: { channels: number; rateHz: number } | null = null;
  for (let at = 12; at + 8 <= file.byteLength;) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(at) === 'fmt ') format = readFormat(view, body, size);
    if (tag(at) === 'data') {
      if (!format) throw new WavUnreadable('The data comes before the format.');
      return {
        rateHz: format.rateHz,
        samples: mixDown(view, body, Math.min(size, file.byteLength - body), format.channels),
      };
    }
    at = body + size + (size % 2);
  }
  throw new WavUnreadable('The file holds no sound.');
}

function readFormat(view: DataView, at: number, size: number): { channels: number; rateHz: number } {
  if (size < 16 || at + 16 > view.byteLength) throw new WavUnreadable('The format of the file is cut short.');
  const kind = view.getUint16(at, true);
  const sub =
    kind === FORMAT_EXTENSIBLE && size >= 26 && at + 26 <= view.byteLength
      ? view.getUint16(at + 24, true)
      : kind;
  const channels = view.getUint16(at + 2, true);
  const rateHz = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (sub !== FORMAT_PCM || bits !== 16) throw new WavUnreadable(`The file is ${bits}-bit, format ${sub}.`);
  if (channels < 1 || channels > 8 || rateHz < 4_000 || rateHz > 384_000)
    throw new WavUnreadable(`The file claims ${channels} channels at ${rateHz} Hz.`);
  return { channels, rateHz };
}

function mixDown(view: DataView, at: number, bytes: number, channels: number): Int16Array {
  const frames = Math.floor(bytes / (2 * channels));
  const samples = new Int16Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1)
      sum += view.getInt16(at + 2 * (frame * channels + channel), true);
    samples[frame] = Math.round(sum / channels);
  }
  return samples;
}
