import { bytesPerMs, type AudioFormat } from '@tandem/contracts';
import type { KeyWrapper } from './key-file.ts';
import { recordingName, type RecordingStore } from './recording-store.ts';
import {
  chunkBinding,
  CHUNK_BYTES,
  decodeHead,
  HEAD_BYTES,
  openChunk,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
} from './sealed-format.ts';
import { CHANNELS, wavHeader, WAV_HEADER_BYTES } from './wav-header.ts';

export class RecordingMissing extends Error {
  override readonly name = 'RecordingMissing';
  constructor() {
    super(
      'The recording is not in the store. It was never finished on a relay that is gone, or it was deleted.',
    );
  }
}

/** The stored bytes are not what was recorded. */
export class RecordingDamaged extends Error {
  override readonly name = 'RecordingDamaged';
  constructor(readonly what: 'head' | 'chunk' | 'truncated') {
    super(`The recording is damaged (${what}). It cannot be trusted; a copy from a backup may be whole.`);
  }
}

export interface IntegrityReport {
  readonly isIntact: boolean;
  /** Null when it is intact. */
  readonly fault: 'head' | 'chunk' | 'truncated' | null;
  /** Length of the sound up to the fault, in ms. */
  readonly soundMs: number;
}

export interface PlayableRecording {
  /** Size as a WAV file, its header included. */
  readonly bytes: number;
  /** Format of each of its two channels. */
  readonly format: AudioFormat;
  /** Yields part of the WAV file, each chunk checked. @throws RecordingDamaged */
  read(from: number, to: number): AsyncGenerator<Buffer>;
  /** Checks every chunk. */
  verify(): Promise<IntegrityReport>;
}

/** @throws RecordingMissing, RecordingDamaged, KeyUnknown */
export async function openRecording(
  store: RecordingStore,
  keys: KeyWrapper,
  tenantId: string,
  recordingId: string,
): Promise<PlayableRecording> {
  const name = recordingName(tenantId, recordingId);
  const stored = await store.stat(name);
  if (!stored) throw new RecordingMissing();
  const head = decodeHead(await store.read(name, 0, HEAD_BYTES));
  if (head?.recordingId !== recordingId) throw new RecordingDamaged('head');
  const key = await keys.unwrap(head, recordingId);
  const { audio } = head;
  const binding = chunkBinding(recordingId, audio);
  const sealedBytes = stored.bytes - HEAD_BYTES;
  const chunks = Math.ceil(sealedBytes / SEALED_CHUNK_BYTES);
  const soundBytes = Math.max(0, sealedBytes - chunks * TAG_BYTES);
  const lengthMs = (bytes: number): number => bytes / (CHANNELS * bytesPerMs(audio));

  const chunkAt = async (index: number): Promise<Buffer> => {
    const from = HEAD_BYTES + index * SEALED_CHUNK_BYTES;
    const sealed = await store.read(name, from, Math.min(stored.bytes, from + SEALED_CHUNK_BYTES));
    const isLast = index === chunks - 1;
    const sound = openChunk(key, binding, index, isLast, sealed);
    if (sound) return sound;
    // An intact last chunk that is not marked as the last: the file was cut off, or its writer stopped.
    const isCut = isLast && (!stored.isFinished || openChunk(key, binding, index, false, sealed) !== null);
    throw new RecordingDamaged(isCut ? 'truncated' : 'chunk');
  };

  return {
    bytes: WAV_HEADER_BYTES + soundBytes,
    format: audio,
    async *read(from, to) {
      if (from < WAV_HEADER_BYTES)
        yield wavHeader(soundBytes, audio).subarray(from, Math.min(to, WAV_HEADER_BYTES));
      const first = Math.max(0, from - WAV_HEADER_BYTES);
      const end = Math.min(soundBytes, to - WAV_HEADER_BYTES);
      for (let index = Math.floor(first / CHUNK_BYTES); index * CHUNK_BYTES < end; index += 1) {
        const at = index * CHUNK_BYTES;
        yield (await chunkAt(index)).subarray(Math.max(0, first - at), end - at);
      }
    },
    verify: async () => {
      for (let index = 0; index < chunks; index += 1) {
        try {
          await chunkAt(index);
        } catch (error) {
          if (error instanceof RecordingDamaged)
            return { isIntact: false, fault: error.what, soundMs: lengthMs(index * CHUNK_BYTES) };
          throw error;
        }
      }
      return chunks === 0
        ? { isIntact: false, fault: 'truncated', soundMs: 0 }
        : { isIntact: true, fault: null, soundMs: lengthMs(soundBytes) };
    },
  };
}
