/**
 * A piece of audio, usually 20 ms, in its stream's format. Wires carry base64 or bytes; a frame keeps the
 * encoding it arrived in and converts only on demand, so G.711 passes from carrier to model untouched.
 */
export class AudioFrame {
  private constructor(
    readonly byteLength: number,
    private text: string | undefined,
    private ascii: Buffer | undefined,
    private data: Uint8Array | undefined,
  ) {}

  /** `text` must be valid base64 without line breaks: see {@link base64ByteLength}. */
  static fromBase64(text: string, byteLength: number): AudioFrame {
    return new AudioFrame(byteLength, text, undefined, undefined);
  }

  /**
   * Makes a frame of base64 as bytes from the wire, already checked. The frame keeps the memory: do not write
   * to it afterwards.
   */
  static fromBase64Ascii(ascii: Buffer, byteLength: number): AudioFrame {
    return new AudioFrame(byteLength, undefined, ascii, undefined);
  }

  /** The frame keeps the array: do not write to it afterwards. */
  static fromBytes(data: Uint8Array): AudioFrame {
    return new AudioFrame(data.byteLength, undefined, undefined, data);
  }

  get base64(): string {
    return (this.text ??= this.ascii
      ? this.ascii.toString('latin1')
      : Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('base64'));
  }

  /** The base64 as bytes, for a wire that is written in bytes. */
  get base64Ascii(): Buffer {
    return (this.ascii ??= Buffer.from(this.base64, 'latin1'));
  }

  get bytes(): Uint8Array {
    return (this.data ??= Buffer.from(this.base64, 'base64'));
  }

  /** Writes the bytes into `target`, which has room for them, without an intermediate array. */
  copyTo(target: Buffer, at: number): void {
    if (this.data) target.set(this.data, at);
    else target.write(this.base64, at, 'base64');
  }
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Returns how many bytes strict base64 text decodes to; -1 when it is not strict base64. */
export function base64ByteLength(text: string): number {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return -1;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}
