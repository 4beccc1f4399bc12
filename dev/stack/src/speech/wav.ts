/** Mono samples and their rate. */
export interface Pcm {
  readonly samples: Int16Array;
  readonly rateHz: number;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const PCM = 1;
const EXTENSIBLE = 0xfffe;

export class WavFault extends Error {
  override readonly name = 'WavFault';
}

/**
 * Reads a RIFF WAVE file of 16-bit PCM; of several channels the first is taken. A program that writes to a
 * pipe cannot know the length beforehand (espeak-ng writes 0x7ffff000): a data chunk ends at the end of the
 * file at the latest.
 * @throws WavFault when it is something else
 */
export function parseWav(file: Uint8Array): Pcm {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < RIFF_HEADER_BYTES || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE')
    throw new WavFault('This is no WAV file.');
  let format: { channels: number; rateHz: number } | null = null;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= file.length;) {
    const body = at + CHUNK_HEADER_BYTES;
    const sizeBytes = Math.min(view.getUint32(at + 4, true), file.length - body);
    if (tag(view, at) === 'fmt ') format = readFormat(view, body, sizeBytes);
    if (tag(view, at) === 'data') {
      if (!format) throw new WavFault('This WAV file has data before its format.');
      return { samples: readSamples(view, body, sizeBytes, format.channels), rateHz: format.rateHz };
    }
    at = body + sizeBytes + (sizeBytes % 2);
  }
  throw new WavFault('This WAV file has no data.');
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}

function readFormat(view: DataView, at: number, sizeBytes: number): { channels: number; rateHz: number } {
  if (sizeBytes < 16) throw new WavFault('The format of this WAV file is cut off.');
  const coding = view.getUint16(at, true);
  const channels = view.getUint16(at + 2, true);
  const rateHz = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (
    (coding !== PCM && coding !== EXTENSIBLE) ||
    bits !== 16 ||
    channels < 1 ||
    rateHz < 1_000 ||
    rateHz > 192_000
  ) {
    throw new WavFault(
      `This WAV file is not 16-bit PCM (coding ${coding}, ${bits} bits, ${channels} channels, ${rateHz} Hz).`,
    );
  }
  return { channels, rateHz };
}

function readSamples(view: DataView, at: number, sizeBytes: number, channels: number): Int16Array {
  const samples = new Int16Array(Math.floor(sizeBytes / (2 * channels)));
  for (let index = 0; index < samples.length; index += 1)
    samples[index] = view.getInt16(at + index * channels * 2, true);
  return samples;
}

/** A RIFF WAVE file of 16-bit mono PCM. */
export function writeWav({ samples, rateHz }: Pcm): Buffer {
  const header = Buffer.alloc(44);
  const dataBytes = samples.length * 2;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  const body = Buffer.alloc(dataBytes);
  samples.forEach((sample, index) => body.writeInt16LE(sample, index * 2));
  return Buffer.concat([header, body]);
}
