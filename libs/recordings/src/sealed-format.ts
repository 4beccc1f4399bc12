import { createCipheriv, createDecipheriv } from 'node:crypto';
import { z } from 'zod';

/*
 * A sealed recording: a head of HEAD_BYTES (JSON, padded with spaces), then chunks of AES-256-GCM, each
 * CHUNK_BYTES of sound and a tag; the last one may be shorter. The nonce is the chunk's number, for every
 * recording has a key of its own; number, recording and whether it is the last are bound to each chunk, so
 * none can be left out, moved, brought in from elsewhere or cut off at the end unnoticed. The head holds
 * nothing that chunks depend on: wrapping the key anew rewrites the head alone.
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
});
export type Head = z.infer<typeof headSchema>;

export function encodeHead(head: Omit<Head, 'format'>): Buffer {
  return Buffer.from(JSON.stringify({ format: 'tandem-recording-1', ...head }).padEnd(HEAD_BYTES, ' '));
}

/** Null for what is no head of ours. */
export function decodeHead(bytes: Buffer): Head | null {
  try {
    return headSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

export function sealChunk(
  key: Uint8Array,
  recordingId: string,
  index: number,
  isLast: boolean,
  sound: Uint8Array,
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index)).setAAD(
    placeOf(recordingId, index, isLast),
  );
  return Buffer.concat([cipher.update(sound), cipher.final(), cipher.getAuthTag()]);
}

/** Null for a chunk that is not what was sealed at this place. */
export function openChunk(
  key: Uint8Array,
  recordingId: string,
  index: number,
  isLast: boolean,
  sealed: Buffer,
): Buffer | null {
  if (sealed.length < TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index)).setAAD(
      placeOf(recordingId, index, isLast),
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

function placeOf(recordingId: string, index: number, isLast: boolean): Buffer {
  return Buffer.from(`${recordingId}:${index}:${isLast ? 'last' : 'more'}`);
}
