/** As in channels/chan_websocket.c of 22.8. */
const MAX_FRAMES = 1_000;
const XOFF_FRAMES = 900;
const XON_FRAMES = 800;

export interface DriverQueueListener {
  tell(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The relay did what loses audio or has no effect. */
  onMistake(detail: string): void;
}

type Entry =
  | { readonly audio: Buffer }
  | { readonly event: 'MEDIA_MARK_PROCESSED' | 'MEDIA_BUFFERING_COMPLETED'; readonly mark: string };

/**
 * The queue of Asterisk's WebSocket channel: cuts audio into frames, keeps what fills none in buffering mode
 * and drops it otherwise, says when to stop, and drops what comes beyond that.
 */
export class DriverQueue {
  private entries: Entry[] = [];
  private frames = 0;
  private leftover = Buffer.alloc(0);
  private isBuffering = false;
  private isFull = false;

  constructor(
    private readonly frameBytes: number,
    private readonly listener: DriverQueueListener,
  ) {}

  /** Frames that wait. */
  get length(): number {
    return this.frames;
  }

  audio(bytes: Buffer): void {
    if (this.frames >= MAX_FRAMES) {
      this.listener.onMistake(`${bytes.length} bytes were dropped: ${MAX_FRAMES} frames wait already`);
      return;
    }
    let data = Buffer.concat([this.leftover, bytes]);
    for (; data.length >= this.frameBytes; data = data.subarray(this.frameBytes))
      this.put(data.subarray(0, this.frameBytes));
    if (!this.isBuffering && data.length > 0)
      this.listener.onMistake(`${data.length} bytes were dropped: they fill no frame`);
    this.leftover = this.isBuffering ? Buffer.from(data) : Buffer.alloc(0);
  }

  startBuffering(): void {
    this.isBuffering = true;
  }

  /** The rest is filled up with silence. */
  stopBuffering(mark: string): void {
    if (this.leftover.length > 0) this.put(Buffer.concat([this.leftover], this.frameBytes));
    this.leftover = Buffer.alloc(0);
    this.isBuffering = false;
    this.entries.push({ event: 'MEDIA_BUFFERING_COMPLETED', mark });
  }

  mark(mark: string): void {
    this.entries.push({ event: 'MEDIA_MARK_PROCESSED', mark });
  }

  /** Marks are dropped with the audio, unreported. */
  flush(): void {
    this.entries = [];
    this.frames = 0;
    this.isBuffering = false;
    this.leftover = Buffer.alloc(0);
  }

  /** A timeslot of the channel: reports the marks in front and takes one frame; null when there is none. */
  tick(): Buffer | null {
    if (this.isFull && this.frames < XON_FRAMES) {
      this.isFull = false;
      this.listener.tell('MEDIA_XON');
    }
    for (let first = this.entries.shift(); first; first = this.entries.shift()) {
      if ('audio' in first) {
        this.frames -= 1;
        return first.audio;
      }
      this.listener.tell(first.event, { correlation_id: first.mark });
    }
    return null;
  }

  private put(audio: Buffer): void {
    this.entries.push({ audio });
    this.frames += 1;
    if (this.isFull || this.frames < XOFF_FRAMES) return;
    this.isFull = true;
    this.listener.tell('MEDIA_XOFF');
  }
}
