import type { CallerStreamListener, Clock, StreamClosedReason, Timer } from '@tandem/conversation';
import type { MessageSocket, SocketListener } from './message-socket.ts';

/** Close codes of RFC 6455: normal, policy violation, internal error. */
const CLOSE_NORMAL = 1000;
const CLOSE_POLICY = 1008;
const CLOSE_INTERNAL = 1011;

const CHECK_INTERVAL_MS = 1_000;

export interface StreamLinkLimits {
  /** After this long without a sign of life the line is dead. */
  readonly mediaTimeoutMs: number;
  /** With audio overdue for this long, the caller hears nothing. */
  readonly playoutTimeoutMs?: number;
  /** Bad messages in a row that end the stream. */
  readonly maxBadInARow: number;
}

/** The part of a caller stream that its link calls. */
export interface LinkedStream {
  readonly counters: { silentLines: number; stalledPlayouts?: number };
  /** Called with each message while the stream is open. What it throws ends the stream. */
  onMessage(data: Buffer, isBinary: boolean): void;
  /** Returns why the peer closed, from the code it closed with. */
  reasonOf(code: number): StreamClosedReason;
  /** Returns when the caller's end last gave a sign of life. */
  lastSignAt(): number;
  /** Returns for how long the caller's end has owed us a report of its playout. Absent without reports. */
  overdueMs?(now: number): number;
  /** Called at each check of a live line. */
  onAlive?(silentMs: number, overdueMs: number): void;
  /** Called once, when the stream has closed: nothing more is sent. */
  release(): void;
}

/**
 * The link of a caller stream to its socket and its listener, and all that ends a stream: its own end, the
 * peer's, an error, too many bad messages in a row, a dead line. `onClosed` is called once, on a later tick.
 */
export class StreamLink implements SocketListener {
  listener: CallerStreamListener | null = null;
  isClosed = false;
  private badInARow = 0;
  private watchdog: Timer | null = null;

  constructor(
    private readonly socket: MessageSocket,
    private readonly clock: Clock,
    private readonly limits: StreamLinkLimits,
    private readonly onError: (error: unknown) => void,
    private readonly stream: LinkedStream,
  ) {}

  attach(listener: CallerStreamListener): void {
    this.listener = listener;
    this.socket.listener = this;
    this.scheduleCheck();
    // The socket may have closed while the call was claimed; the listener is still called on a later tick.
    if (!this.socket.isOpen) this.clock.after(0, () => this.finish('connection-lost'));
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    if (this.isClosed) return;
    try {
      this.stream.onMessage(data, isBinary);
    } catch (error) {
      this.fail(error);
    }
  }

  onClosed(code: number): void {
    this.finish(this.stream.reasonOf(code));
  }

  onGoodMessage(): void {
    this.badInARow = 0;
  }

  onBadMessage(): void {
    this.badInARow += 1;
    if (this.badInARow >= this.limits.maxBadInARow)
      this.close(CLOSE_POLICY, 'too many messages that make no sense', 'media-errors');
  }

  /** Ends the stream because of an error of ours. */
  fail(error: unknown): void {
    this.onError(error);
    this.close(CLOSE_INTERNAL, 'internal error', 'connection-lost');
  }

  /** Ends the stream in good order. */
  end(why: string, reason: StreamClosedReason): void {
    this.close(CLOSE_NORMAL, why, reason);
  }

  /** Ends the stream without closing the socket: the peer has said that it does. */
  finish(reason: StreamClosedReason): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.watchdog?.cancel();
    this.stream.release();
    const { listener } = this;
    this.clock.after(0, () => listener?.onClosed(reason));
  }

  private scheduleCheck(): void {
    this.watchdog = this.clock.after(CHECK_INTERVAL_MS, () => this.check());
  }

  private check(): void {
    const now = this.clock.now();
    const { counters } = this.stream;
    const { mediaTimeoutMs, playoutTimeoutMs = Number.POSITIVE_INFINITY } = this.limits;
    const silentMs = now - this.stream.lastSignAt();
    const overdueMs = this.stream.overdueMs?.(now) ?? 0;
    if (silentMs >= mediaTimeoutMs) {
      counters.silentLines += 1;
      this.close(CLOSE_POLICY, 'nothing arrives', 'media-timeout');
    } else if (overdueMs >= playoutTimeoutMs) {
      counters.stalledPlayouts = (counters.stalledPlayouts ?? 0) + 1;
      this.close(CLOSE_POLICY, 'nothing is played', 'media-timeout');
    } else {
      this.stream.onAlive?.(silentMs, overdueMs);
      this.scheduleCheck();
    }
  }

  private close(code: number, why: string, reason: StreamClosedReason): void {
    if (this.isClosed) return;
    this.socket.close(code, why);
    this.finish(reason);
  }
}
