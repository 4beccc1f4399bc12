import { FRAME_BYTES, FRAME_MS, mulawTone } from '@tandem/kit';

const MAGIC = Buffer.from([0x1d, 0x2c, 0x3b, 0x4a, 0x59, 0x68]);
/** Magic, hash of the text, number of the frame, number of frames. */
const STAMP_BYTES = MAGIC.length + 4 + 2 + 2;

/** µ-law has two codes for zero; of linear audio, which AudioSocket carries, comes the other one. */
const NEGATIVE_ZERO = 0x7f;

/** The text of a piece of audio, as far as its stamps survived. */
interface HeardWords {
  readonly text: string;
  /** Byte positions of the first frame and of the end of the last frame. */
  readonly fromByte: number;
  readonly toByte: number;
  readonly frames: number;
  readonly total: number;
}

/**
 * Machine-readable speech: a tone whose every frame names the text it belongs to. µ-law passes a relay
 * unchanged, so both ends know exactly which words, and how much of them, came through.
 */
export class StampedVoice {
  private readonly texts = new Map<number, string>();

  /** Returns µ-law bytes that say `text`. */
  speak(text: string, durationMs: number): Uint8Array {
    const total = Math.max(1, Math.round(durationMs / FRAME_MS));
    const bytes = Buffer.from(mulawTone(300, total * FRAME_MS));
    const hash = hashOf(text);
    this.texts.set(hash, text);
    for (let frame = 0; frame < total; frame += 1) {
      const at = frame * FRAME_BYTES;
      MAGIC.copy(bytes, at);
      bytes.writeUInt32BE(hash, at + MAGIC.length);
      bytes.writeUInt16BE(frame, at + MAGIC.length + 4);
      bytes.writeUInt16BE(total, at + MAGIC.length + 6);
    }
    return bytes;
  }

  /** Returns the texts in a piece of audio, in order; one that breaks off and begins anew counts twice. */
  hear(audio: Uint8Array): HeardWords[] {
    const bytes = Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength);
    const heard: { -readonly [Key in keyof HeardWords]: HeardWords[Key] }[] = [];
    let lastFrame = -1;
    for (
      let at = bytes.indexOf(MAGIC);
      at >= 0 && at + STAMP_BYTES <= bytes.length;
      at = bytes.indexOf(MAGIC, at + STAMP_BYTES)
    ) {
      const text = this.texts.get(bytes.readUInt32BE(at + MAGIC.length));
      const frame = bytes.readUInt16BE(at + MAGIC.length + 4);
      if (text === undefined) continue;
      const last = heard.at(-1);
      if (last?.text === text && frame > lastFrame) {
        last.frames += 1;
        last.toByte = at + FRAME_BYTES;
      } else
        heard.push({
          text,
          fromByte: at,
          toByte: at + FRAME_BYTES,
          frames: 1,
          total: bytes.readUInt16BE(at + MAGIC.length + 6),
        });
      lastFrame = frame;
    }
    return heard;
  }
}

/** FNV-1a, 32 bits, without the byte that linear audio does not bring back. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(hash);
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === NEGATIVE_ZERO) bytes[at] = NEGATIVE_ZERO - 1;
  return bytes.readUInt32BE(0);
}
