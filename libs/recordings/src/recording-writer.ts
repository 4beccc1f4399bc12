import { randomBytes } from 'node:crypto';
import { PCMU_8K, type AudioFormat } from '@tandem/contracts';
import type { KeyWrapper } from './key-file.ts';
import type { RecordingSink, RecordingStore } from './recording-store.ts';
import { recordingName } from './recording-store.ts';
import { chunkBinding, CHUNK_BYTES, encodeHead, sealChunk } from './sealed-format.ts';

export interface RecordingResult {
  readonly outcome: 'complete' | 'failed';
  /** Bytes of audio, both channels. */
  readonly bytes: number;
}

/** Chunks waiting for a slow store. With more than this the recording is given up, not the call. */
const MAX_WAITING_CHUNKS = 8;

/**
 * Seals audio chunk by chunk and writes the chunks to the store in the background; the caller never waits. A
 * store that fails or falls behind ends the recording, and what it has written so far stays.
 */
export class RecordingWriter {
  private chunk = Buffer.alloc(CHUNK_BYTES);
  private filled = 0;
  private index = 0;
  private bytes = 0;
  private waiting = 0;
  private hasFailed = false;
  private readonly dataKey = randomBytes(32);
  private sink: RecordingSink | null = null;
  private readonly binding: string;
  /** The store's work so far, chunk after chunk. */
  private tail: Promise<void>;

  constructor(
    private readonly recordingId: string,
    tenantId: string,
    private readonly store: RecordingStore,
    private readonly keys: KeyWrapper,
    private readonly onFailure: (error: unknown) => void,
    private readonly audio: AudioFormat = PCMU_8K,
  ) {
    this.binding = chunkBinding(recordingId, audio);
    this.tail = this.begin(recordingName(tenantId, recordingId));
  }

  write(sound: Uint8Array): void {
    if (this.hasFailed) return;
    this.bytes += sound.byteLength;
    for (let taken = 0; taken < sound.byteLength && !this.hasFailed;) {
      if (this.filled === CHUNK_BYTES) this.seal(false); // More follows, so this is not the last chunk.
      const piece = sound.subarray(taken, taken + CHUNK_BYTES - this.filled);
      this.chunk.set(piece, this.filled);
      this.filled += piece.byteLength;
      taken += piece.byteLength;
    }
  }

  /** Seals the rest and waits for the store, for `timeoutMs` at most. */
  async finish(timeoutMs: number): Promise<RecordingResult> {
    this.seal(true);
    const stored = this.tail.then(async () => {
      if (!this.hasFailed) await this.sink?.finish();
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), timeoutMs)));
    const outcome = await Promise.race([stored.catch((error: unknown) => this.fail(error)), late]);
    clearTimeout(timer);
    if (outcome === 'late')
      this.fail(new RangeError(`The store did not take the recording within ${timeoutMs} ms.`));
    return { outcome: this.hasFailed ? 'failed' : 'complete', bytes: this.bytes };
  }

  private async begin(name: string): Promise<void> {
    const { recordingId, audio } = this;
    try {
      const { keyId, wrapped } = await this.keys.wrap(this.dataKey, recordingId);
      this.sink = await this.store.create(name);
      await this.sink.append(encodeHead({ recordingId, keyId, wrapped, audio }));
    } catch (error) {
      this.fail(error);
    }
  }

  private seal(isLast: boolean): void {
    if (this.hasFailed) return;
    const sealed = sealChunk(
      this.dataKey,
      this.binding,
      this.index,
      isLast,
      this.chunk.subarray(0, this.filled),
    );
    this.index += 1;
    this.filled = 0;
    this.waiting += 1;
    if (this.waiting > MAX_WAITING_CHUNKS)
      return this.fail(new RangeError('The store of recordings does not keep up.'));
    this.tail = this.tail.then(async () => {
      this.waiting -= 1;
      if (this.hasFailed) return;
      try {
        await this.sink?.append(sealed);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  private fail(error: unknown): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.onFailure(error);
    void this.sink?.abandon().catch(() => undefined); // What it wrote stays; the failure is reported already.
  }
}
