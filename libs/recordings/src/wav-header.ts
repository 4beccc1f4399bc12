import { bytesPerMs, type AudioFormat } from '@tandem/contracts';

export const WAV_HEADER_BYTES = 58;

export const CHANNELS = 2;
/** WAVE_FORMAT_MULAW, WAVE_FORMAT_ALAW, WAVE_FORMAT_PCM. */
const FORMAT_TAGS = { pcmu: 7, pcma: 6, pcm16: 1 } as const;

/**
 * Returns the start of a WAV file of two channels in this format. All have the `fact` chunk, which formats
 * other than PCM need, so that every header is of one length.
 */
export function wavHeader(soundBytes: number, format: AudioFormat): Buffer {
  const frameBytes = CHANNELS * (format.encoding === 'pcm16' ? 2 : 1);
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + soundBytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(18, 16);
  header.writeUInt16LE(FORMAT_TAGS[format.encoding], 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(format.rateHz, 24);
  header.writeUInt32LE(CHANNELS * bytesPerMs(format) * 1000, 28);
  header.writeUInt16LE(frameBytes, 32);
  header.writeUInt16LE((8 * frameBytes) / CHANNELS, 34);
  header.write('fact', 38);
  header.writeUInt32LE(4, 42);
  header.writeUInt32LE(Math.floor(soundBytes / frameBytes), 46);
  header.write('data', 50);
  header.writeUInt32LE(soundBytes, 54);
  return header;
}
