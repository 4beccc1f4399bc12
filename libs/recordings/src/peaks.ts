import { bytesPerMs, type AudioFormat } from '@tandem/contracts';
import { decodeAlaw, decodeMulaw } from '@tandem/conversation';
import { RecordingDamaged, type PlayableRecording } from './recording-reader.ts';
import { CHANNELS, WAV_HEADER_BYTES } from './wav-header.ts';

/** Length of sound behind one peak. */
export const PEAK_MS = 100;

/** The loudest sample of each {@link PEAK_MS} of both channels, 0 to 255. */
export interface Peaks {
  readonly caller: Buffer;
  readonly agent: Buffer;
}

const LARGEST_BYTE = 255;
/** Sample values for each step of a byte. */
const STEP = 128;
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** Returns the peaks of a recording, as far as it can be read. @throws when its store fails */
export async function peaksOf(recording: PlayableRecording): Promise<Peaks> {
  const { format, bytes } = recording;
  const frameBytes = CHANNELS * (format.encoding === 'pcm16' ? 2 : 1);
  const windowBytes = CHANNELS * bytesPerMs(format) * PEAK_MS;
  const windows = Math.ceil((bytes - WAV_HEADER_BYTES) / windowBytes);
  const peaks = { caller: Buffer.alloc(windows), agent: Buffer.alloc(windows) };
  const levelAt = levelReader(format);
  let position = 0;
  let read = 0;
  try {
    // Chunks hold whole frames.
    for await (const sound of recording.read(WAV_HEADER_BYTES, bytes)) {
      for (let at = 0; at + frameBytes <= sound.length; at += frameBytes) {
        const window = Math.floor((position + at) / windowBytes);
        const caller = levelAt(sound, at);
        const agent = levelAt(sound, at + frameBytes / CHANNELS);
        if (caller > (peaks.caller[window] ?? 0)) peaks.caller[window] = caller;
        if (agent > (peaks.agent[window] ?? 0)) peaks.agent[window] = agent;
      }
      position += sound.length;
      read = Math.ceil(position / windowBytes);
    }
  } catch (error) {
    if (!(error instanceof RecordingDamaged)) throw error;
  }
  return { caller: peaks.caller.subarray(0, read), agent: peaks.agent.subarray(0, read) };
}

/** Returns a function that reads the level of the sample at a place. */
function levelReader({ encoding }: AudioFormat): (sound: Buffer, at: number) => number {
  if (encoding === 'pcm16') return (sound, at) => levelOf(sound.readInt16LE(at));
  const samples = encoding === 'pcmu' ? decodeMulaw(ALL_BYTES) : decodeAlaw(ALL_BYTES);
  const levels = Uint8Array.from(samples, levelOf);
  return (sound, at) => levels[sound[at] ?? 0] ?? 0;
}

const levelOf = (sample: number): number => Math.min(LARGEST_BYTE, Math.floor(Math.abs(sample) / STEP));
