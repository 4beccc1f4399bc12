/** Signed 16-bit mono samples. */
export interface Pcm {
  readonly rateHz: number;
  readonly samples: Int16Array;
}

const FORMAT_PCM = 1;
const FORMAT_EXTENSIBLE = 0xfffe;

/**
 * Reads RIFF/WAVE with 16-bit PCM in one channel, the only kind flite and espeak-ng write. A length beyond
 * the end of the file is cut to it: espeak-ng cannot state the true one when it writes to a pipe. Null for
 * anything else.
 */
export function readWav(file: Uint8Array): Pcm | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 12 || tagAt(view, 0) !== 'RIFF' || tagAt(view, 8) !== 'WAVE') return null;
  let rateHz: number | null = null;
  for (let at = 12; at + 8 <= file.byteLength;) {
    const body = at + 8;
    const size = Math.min(view.getUint32(at + 4, true), file.byteLength - body);
    if (tagAt(view, at) === 'fmt ') rateHz = readRate(view, body, size);
    if (tagAt(view, at) === 'data')
      return rateHz === null ? null : { rateHz, samples: readSamples(view, body, size) };
    at = body + size + (size % 2);
  }
  return null;
}

function tagAt(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}

function readRate(view: DataView, at: number, size: number): number | null {
  if (size < 16) return null;
  const format = view.getUint16(at, true);
  const isOurs =
    (format === FORMAT_PCM || format === FORMAT_EXTENSIBLE) &&
    view.getUint16(at + 2, true) === 1 &&
    view.getUint16(at + 14, true) === 16;
  return isOurs ? view.getUint32(at + 4, true) : null;
}

function readSamples(view: DataView, at: number, size: number): Int16Array {
  return Int16Array.from({ length: Math.floor(size / 2) }, (_, index) => view.getInt16(at + index * 2, true));
}
