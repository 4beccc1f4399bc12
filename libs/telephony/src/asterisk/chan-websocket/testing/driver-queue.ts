/** As in channels/chan_websocket.c. */
const MAX_FRAMES = 1_000;
const XOFF_FRAMES = 900;
const XON_FRAMES = 800;
const MAX_COMMAND_BYTES = 128;

interface Command {
  readonly command?: string;
  readonly correlation_id?: string;
}

type Entry = { readonly audio: Buffer } | { readonly event: string };

/**
 * The queue of Asterisk's WebSocket channel: cuts audio into frames, keeps what is left over in buffering
 * mode and drops it otherwise, says when to stop, and drops what comes beyond that. At each tick it reports
 * the marks in front and takes one frame. Sounds differ by the byte they are made of.
 */
export class DriverQueue {
  framesDropped = 0;
  /** Bytes lost because they filled no frame. */
  bytesDropped = 0;
  commandsIgnored = 0;
  isHungUp = false;
  isPaused = false;
  /** Reports a mark as soon as the frame before it has been taken, not at the next tick. */
  isEarly = false;
  private queue: Entry[] = [];
  private frames = 0;
  private leftover = Buffer.alloc(0);
  private isBuffering = false;
  private isFull = false;
  private readonly played = new Array<number>(256).fill(0);

  constructor(
    private readonly frameBytes: number,
    private readonly tell: (event: string) => void,
  ) {}

  get length(): number {
    return this.frames;
  }

  audio(bytes: Uint8Array): void {
    if (this.frames >= MAX_FRAMES) {
      this.framesDropped += bytes.length / this.frameBytes;
      return;
    }
    let data = Buffer.from(bytes);
    if (this.isBuffering) data = Buffer.concat([this.leftover, data]);
    this.leftover = Buffer.alloc(0);
    for (; data.length >= this.frameBytes; data = data.subarray(this.frameBytes))
      this.put(data.subarray(0, this.frameBytes));
    if (this.isBuffering) this.leftover = data;
    else this.bytesDropped += data.length;
  }

  text(text: string): void {
    if (Buffer.byteLength(text) > MAX_COMMAND_BYTES) {
      this.commandsIgnored += 1;
      return;
    }
    const { command, correlation_id: id = '' } = JSON.parse(text) as Command;
    const known = this.commands[command ?? ''];
    if (known) known(id);
    else this.commandsIgnored += 1;
  }

  /** A timeslot of the channel. */
  tick(): void {
    if (this.isPaused) return;
    if (this.isFull && this.frames < XON_FRAMES) {
      this.isFull = false;
      this.tell(event('MEDIA_XON'));
    }
    for (let first = this.queue.shift(); first; first = this.queue.shift()) {
      if ('event' in first) {
        this.tell(first.event);
        continue;
      }
      this.frames -= 1;
      for (const value of first.audio) this.played[value] = (this.played[value] ?? 0) + 1;
      if (this.isEarly) this.tellMarks();
      return;
    }
  }

  /** Returns the bytes heard of the audio made of this byte, by the end of the current tick. */
  heardBytes(value: number): number {
    return this.played[value] ?? 0;
  }

  private tellMarks(): void {
    for (let [first] = this.queue; first && 'event' in first; [first] = this.queue) {
      this.tell(first.event);
      this.queue.shift();
    }
  }

  private put(audio: Buffer): void {
    this.queue.push({ audio });
    this.frames += 1;
    if (this.isFull || this.frames < XOFF_FRAMES) return;
    this.isFull = true;
    this.tell(event('MEDIA_XOFF'));
  }

  private readonly commands: Readonly<Record<string, (id: string) => void>> = {
    START_MEDIA_BUFFERING: () => (this.isBuffering = true),
    STOP_MEDIA_BUFFERING: (id) => {
      this.isBuffering = false;
      if (this.leftover.length > 0) this.put(this.leftover);
      this.leftover = Buffer.alloc(0);
      this.queue.push({ event: event('MEDIA_BUFFERING_COMPLETED', { correlation_id: id }) });
    },
    MARK_MEDIA: (id) =>
      void this.queue.push({ event: event('MEDIA_MARK_PROCESSED', { correlation_id: id }) }),
    FLUSH_MEDIA: () => {
      this.queue = [];
      this.frames = 0;
      this.isBuffering = false;
      this.leftover = Buffer.alloc(0);
    },
    GET_STATUS: () => this.tell(event('STATUS', { queue_length: this.frames })),
    HANGUP: () => (this.isHungUp = true),
  };
}

export function event(name: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ event: name, channel_id: '1764400000.7', ...fields });
}
