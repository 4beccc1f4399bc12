import { createCipheriv, createDecipheriv } from 'node:crypto';
import { PCMU_8K, sameFormat, type AudioFormat } from '@tandem/contracts';
import { z } from 'zod';

/*
 * A sealed recording: a head of HEAD_BYTES (JSON, padded with spaces), then chunks of AES-256-GCM, each
 * CHUNK_BYTES of audio and a tag; the last one may be shorter. The nonce is the chunk's number, because every
 * recording has a key of its own. Recording, audio format, chunk number and whether it is the last are bound
 * to each chunk, so no chunk can be left out, moved, replaced by one of another recording or cut off at the
 * end unnoticed. Rewrapping the key rewrites the head alone.
 */

export const HEAD_BYTES = 1_024;
/** A good second of two channels of G.711. */
export const CHUNK_BYTES = 16_384;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

const headSchema = z.object({
  format: z.literal('tandem-recording-1'),
  recordingId: z.uuid(),
  keyId: z.string().max(200),
  wrapped: z.string().max(800),
  /** Absent for µ-law at 8 kHz. */
  audio: z
    .object({ encoding: z.enum(['pcmu', 'pcma', 'pcm16']), rateHz: z.int().min(8_000).max(192_000) })
    .default({ ...PCMU_8K }),
});
export type Head = z.infer<typeof headSchema>;

export function encodeHead({ audio, ...head }: Omit<Head, 'format'>): Buffer {
  const described = sameFormat(audio, PCMU_8K) ? head : { ...head, audio };
  return Buffer.from(JSON.stringify({ format: 'tandem-recording-1', ...described }).padEnd(HEAD_BYTES, ' '));
}

/** Returns null for bytes that are no head of ours. */
export function decodeHead(bytes: Buffer): Head | null {
  try {
    return headSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Returns what chunks are bound to: the recording, and its audio format unless that is µ-law at 8 kHz. */
export function chunkBinding(recordingId: string, audio: AudioFormat): string {
  return sameFormat(audio, PCMU_8K) ? recordingId : `${recordingId} ${audio.encoding}/${audio.rateHz}`;
}

/** @param binding see {@link chunkBinding} */
export function sealChunk(
  key: Uint8Array,
  binding: string,
  index: number,
  isLast: boolean,
  sound: Uint8Array,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index)).setAAD(boundData(binding, index, isLast));
  return Buffer.concat([cipher.update(sound), cipher.final(), cipher.getAuthTag()]);
}

/** Returns null for a chunk that is not what was sealed under this binding and number. */
export function openChunk(
  key: Uint8Array,
  binding: string,
  index: number,
  isLast: boolean,
  sealed: Buffer,
): Buffer | null {
  if (sealed.length < TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index)).setAAD(
      boundData(binding, index, isLast),
    );
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

function boundData(binding: string, index: number, isLast: boolean): Buffer {
  return Buffer.from(`${binding}:${index}:${isLast ? 'last' : 'more'}`);
}
