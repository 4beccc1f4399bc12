import { FRAME_BYTES, FRAME_MS, mulawTone } from '@tandem/kit';
import { wordsOf, type HeardWords, type MachineVoice, type Stamp } from './machine-voice.ts';

const MAGIC = Buffer.from([0x1d, 0x2c, 0x3b, 0x4a, 0x59, 0x68]);
/** Magic, hash of the text, number of the frame, number of frames. */
const STAMP_BYTES = MAGIC.length + 4 + 2 + 2;

/** µ-law has two codes for zero; of linear audio, which AudioSocket carries, comes the other one. */
const NEGATIVE_ZERO = 0x7f;

/** Stamps of bytes in a tone, for lines on which a relay passes µ-law unchanged. */
export class StampedVoice implements MachineVoice {
  private readonly texts = new Map<number, string>();

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

  hear(audio: Uint8Array): HeardWords[] {
    return wordsOf(this.stampsIn(Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength)));
  }

  private *stampsIn(bytes: Buffer): Generator<Stamp> {
    for (
      let at = bytes.indexOf(MAGIC);
      at >= 0 && at + STAMP_BYTES <= bytes.length;
      at = bytes.indexOf(MAGIC, at + STAMP_BYTES)
    ) {
      const text = this.texts.get(bytes.readUInt32BE(at + MAGIC.length));
      if (text === undefined) continue;
      const frame = bytes.readUInt16BE(at + MAGIC.length + 4);
      yield { text, frame, total: bytes.readUInt16BE(at + MAGIC.length + 6), atByte: at };
    }
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
