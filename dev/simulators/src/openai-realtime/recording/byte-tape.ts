/** Bytes in order, growing by doubling up to a bound. Above the bound bytes are counted and not kept. */
export class ByteTape {
  private store: Buffer;
  private kept = 0;
  private total = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.store = Buffer.allocUnsafe(0);
  }

  /** Bytes ever written, kept or not. */
  get totalBytes(): number {
    return this.total;
  }

  get droppedBytes(): number {
    return this.total - this.kept;
  }

  write(piece: Uint8Array): void {
    this.total += piece.byteLength;
    const room = this.maxBytes - this.kept;
    if (room <= 0) return;
    const part = piece.byteLength > room ? piece.subarray(0, room) : piece;
    const needed = this.kept + part.byteLength;
    if (needed > this.store.length) {
      const grown = Buffer.allocUnsafe(
        Math.min(this.maxBytes, Math.max(needed, this.store.length * 2, 4096)),
      );
      this.store.copy(grown, 0, 0, this.kept);
      this.store = grown;
    }
    this.store.set(part, this.kept);
    this.kept = needed;
  }

  /** Returns a copy of the kept bytes. */
  bytes(): Buffer {
    return Buffer.from(this.store.subarray(0, this.kept));
  }
}
