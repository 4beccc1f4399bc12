import type { Socket } from 'node:net';

/** Faults of the line; they apply to every connection over it, new and old. */
export interface LineFaults {
  /** Each piece of data is delayed by this, each way. */
  readonly latencyMs: number;
  /** A half-open line: nothing passes and nothing is closed. */
  readonly isSilent: boolean;
  /** Bytes a second each way; null for no limit. */
  readonly bytesPerSecond: number | null;
}

export const CLEAR_LINE: LineFaults = { latencyMs: 0, isSilent: false, bytesPerSecond: null };

const CHUNK_BYTES = 16 * 1024;
const TICK_MS = 10;

/** One direction of a connection. On a clear line data passes at once, else it is queued. */
export class FaultyWay {
  private readonly waiting: { readonly data: Buffer | null; readonly dueAt: number }[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private faults: LineFaults,
  ) {
    from.on('data', (data) => this.take(data));
    from.on('end', () => this.take(null));
    this.set(faults);
  }

  set(faults: LineFaults): void {
    this.faults = faults;
    if (faults.isSilent) this.from.pause();
    else this.from.resume();
    const isClear = !faults.isSilent && faults.latencyMs === 0 && faults.bytesPerSecond === null;
    if (this.timer) clearInterval(this.timer);
    this.timer = isClear ? null : setInterval(() => this.tick(), TICK_MS);
    if (isClear) for (const { data } of this.waiting.splice(0)) this.pass(data);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** @param data null for the end of the stream */
  private take(data: Buffer | null): void {
    if (this.timer === null) return this.pass(data);
    const dueAt = performance.now() + this.faults.latencyMs;
    if (data === null || this.faults.bytesPerSecond === null) this.waiting.push({ data, dueAt });
    else
      for (let at = 0; at < data.length; at += CHUNK_BYTES)
        this.waiting.push({ data: data.subarray(at, at + CHUNK_BYTES), dueAt });
  }

  private tick(): void {
    if (this.faults.isSilent) return;
    let allowed =
      this.faults.bytesPerSecond === null
        ? Number.POSITIVE_INFINITY
        : (this.faults.bytesPerSecond * TICK_MS) / 1000;
    for (
      let next = this.waiting[0];
      next && next.dueAt <= performance.now() && allowed > 0;
      next = this.waiting[0]
    ) {
      this.waiting.shift();
      if (next.data && next.data.length > allowed) {
        this.waiting.unshift({ data: next.data.subarray(Math.ceil(allowed)), dueAt: next.dueAt });
        this.pass(next.data.subarray(0, Math.ceil(allowed)));
        return;
      }
      allowed -= next.data?.length ?? 0;
      this.pass(next.data);
    }
  }

  private pass(data: Buffer | null): void {
    if (data === null) this.to.end();
    else this.to.write(data);
  }
}
