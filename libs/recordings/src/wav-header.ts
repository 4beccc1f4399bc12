export const WAV_HEADER_BYTES = 58;

const CHANNELS = 2;
const RATE_HZ = 8_000;
/** WAVE_FORMAT_MULAW. */
const MULAW = 7;

/**
 * The start of a WAV file of two channels of µ-law at 8 kHz, with the `fact` chunk that formats other than
 * PCM have.
 */
export function wavHeader(soundBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + soundBytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(18, 16);
  header.writeUInt16LE(MULAW, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(RATE_HZ, 24);
  header.writeUInt32LE(RATE_HZ * CHANNELS, 28);
  header.writeUInt16LE(CHANNELS, 32);
  header.writeUInt16LE(8, 34);
  header.write('fact', 38);
  header.writeUInt32LE(4, 42);
  header.writeUInt32LE(soundBytes / CHANNELS, 46);
  header.write('data', 50);
  header.writeUInt32LE(soundBytes, 54);
  return header;
}
