import type { AudioFrame } from '@tandem/conversation';

interface Entry {
  readonly frame: AudioFrame;
  readonly soundId: string;
}

/** A stretch of audio of one sound. */
export interface SoundPart {
  readonly soundId: string;
  readonly bytes: number;
}

/** Audio that waits to be sent, as one run of bytes that knows which sound each of them belongs to. */
export class OutgoingAudio {
  byteLength = 0;
  private entries: Entry[] = [];
  /** Bytes of the first entry that are gone. */
  private taken = 0;

  push(frame: AudioFrame, soundId: string): void {
    if (frame.byteLength === 0) return;
    this.entries.push({ frame, soundId });
    this.byteLength += frame.byteLength;
  }

  /** Returns how many bytes of the first sound come first, counted up to `most`. */
  lengthOfFirst(most: number): number {
    let bytes = -this.taken;
    const soundId = this.entries[0]?.soundId;
    for (const entry of this.entries) {
      if (entry.soundId !== soundId || bytes >= most) break;
      bytes += entry.frame.byteLength;
    }
    return Math.max(0, Math.min(most, bytes));
  }

  /** Takes the first `bytes`, of which there are as many. A frame that is taken whole is not copied. */
  take(bytes: number): { readonly audio: Uint8Array; readonly parts: readonly SoundPart[] } {
    const [first] = this.entries;
    if (first && this.taken === 0 && first.frame.byteLength === bytes) {
      this.entries.shift();
      this.byteLength -= bytes;
      return { audio: first.frame.bytes, parts: [{ soundId: first.soundId, bytes }] };
    }
    const audio = Buffer.allocUnsafe(bytes);
    const parts: SoundPart[] = [];
    for (let at = 0; at < bytes;) {
      const { frame, soundId } = this.entries[0] as Entry;
      const part = Math.min(frame.byteLength - this.taken, bytes - at);
      audio.set(frame.bytes.subarray(this.taken, this.taken + part), at);
      parts.push({ soundId, bytes: part });
      at += part;
      this.taken += part;
      if (this.taken < frame.byteLength) continue;
      this.entries.shift();
      this.taken = 0;
    }
    this.byteLength -= bytes;
    return { audio, parts };
  }

  holds(soundId: string): boolean {
    return this.entries.some((entry) => entry.soundId === soundId);
  }

  /** Drops everything. Returns the sounds that were dropped or cut, in order. */
  clear(): string[] {
    const sounds = [...new Set(this.entries.map(({ soundId }) => soundId))];
    this.entries = [];
    this.taken = 0;
    this.byteLength = 0;
    return sounds;
  }
}
