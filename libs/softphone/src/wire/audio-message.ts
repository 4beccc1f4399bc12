/**
 * Binary messages of the softphone's socket, one frame each: a kind, the sender's count of messages of that
 * kind, the number of the sound the audio belongs to (big-endian), then the audio in the format the relay
 * told. A caller's audio has sound number 0.
 */
export const AUDIO_HEADER_BYTES = 9;

/** Duration of a full frame in ms. The last frame of a sound may be shorter. */
export const FRAME_MS = 20;

/** First byte of a binary message. */
export const AUDIO_KINDS = { fromCaller: 1, toCaller: 2 } as const;
export type AudioKind = keyof typeof AUDIO_KINDS;

const MAX_UINT32 = 0xffff_ffff;

export interface AudioMessage {
  readonly kind: AudioKind;
  /** From 0; goes on at 0 after 2^32 - 1. */
  readonly sequence: number;
  readonly sound: number;
  /** Shares the message's memory. */
  readonly audio: Uint8Array<ArrayBufferLike>;
}

/** Returns a message with room for `audioBytes` of audio after the header, still zeros. */
export function audioMessage(
  kind: AudioKind,
  sequence: number,
  sound: number,
  audioBytes: number,
): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(AUDIO_HEADER_BYTES + audioBytes);
  message[0] = AUDIO_KINDS[kind];
  const view = new DataView(message.buffer);
  view.setUint32(1, sequence);
  view.setUint32(5, sound);
  return message;
}

/** Returns null for bytes that are no audio message: too short, of an unknown kind, or without audio. */
export function readAudioMessage(bytes: Uint8Array): AudioMessage | null {
  if (bytes.byteLength <= AUDIO_HEADER_BYTES) return null;
  const kind =
    bytes[0] === AUDIO_KINDS.fromCaller
      ? 'fromCaller'
      : bytes[0] === AUDIO_KINDS.toCaller
        ? 'toCaller'
        : null;
  if (!kind) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, AUDIO_HEADER_BYTES);
  return {
    kind,
    sequence: view.getUint32(1),
    sound: view.getUint32(5),
    audio: bytes.subarray(AUDIO_HEADER_BYTES),
  };
}

/** Returns the number after this one. */
export function nextSequence(sequence: number): number {
  return sequence === MAX_UINT32 ? 0 : sequence + 1;
}
