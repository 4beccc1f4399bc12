import type { MarkCause, PendingMark, PlayoutBuffer } from '../audio/playout-buffer.ts';
import type { ErrorCode } from '../reference/call-errors.ts';
import type { StreamIdentity } from './stream-messages.ts';

type StreamEndCause =
  'handshake-failed' | 'closed-by-server' | 'connection-lost' | 'protocol-error' | 'stopped';

export interface StreamEnd {
  readonly cause: StreamEndCause;
  readonly code: ErrorCode | null;
  readonly detail: string;
}

/** A mark that came back. Times in ms from the start of the call. */
interface EchoedMark {
  readonly name: string;
  readonly cause: MarkCause;
  /** Bytes received before it. */
  readonly atByte: number;
  readonly receivedMs: number;
  readonly echoedMs: number;
}

/** Report of one Media Stream of a call. Times in ms from the start of the call. */
export interface StreamReport {
  readonly streamSid: string;
  readonly url: string;
  readonly name: string;
  readonly isBidirectional: boolean;
  readonly openedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly end: StreamEnd | null;
  readonly mediaSent: number;
  readonly mediaDiscarded: number;
  readonly mediaReceived: number;
  /** Messages that came after the call had left the stream; they were ignored. */
  readonly mediaAfterEnd: number;
  readonly playedBytes: number;
  readonly droppedBytes: number;
  readonly queuedBytes: number;
  readonly invalidMessages: number;
  readonly outstandingMarks: number;
  readonly clears: readonly number[];
  /** The newest marks, at most `MARKS_KEPT`. */
  readonly marks: readonly EchoedMark[];
}

const MARKS_KEPT = 1000;

interface StreamNames {
  readonly identity: StreamIdentity;
  readonly url: string;
  readonly name: string;
  readonly isBidirectional: boolean;
}

/** The counters of one stream. */
export class StreamLog {
  private readonly names: StreamNames;
  private readonly marks: EchoedMark[] = [];
  readonly clears: number[] = [];
  openedAtMs: number | null = null;
  endedAtMs: number | null = null;
  end: StreamEnd | null = null;
  mediaSent = 0;
  mediaDiscarded = 0;
  mediaReceived = 0;
  mediaAfterEnd = 0;
  invalidMessages = 0;

  constructor(names: StreamNames) {
    this.names = names;
  }

  addMark(mark: PendingMark, cause: MarkCause, echoedMs: number): void {
    const { name, atByte, receivedMs } = mark;
    this.marks.push({ name, cause, atByte, receivedMs, echoedMs });
    if (this.marks.length > MARKS_KEPT) this.marks.shift();
  }

  report(playout: PlayoutBuffer): StreamReport {
    const { identity, url, name, isBidirectional } = this.names;
    const {
      openedAtMs,
      endedAtMs,
      end,
      mediaSent,
      mediaDiscarded,
      mediaReceived,
      mediaAfterEnd,
      invalidMessages,
    } = this;
    const { playedBytes, droppedBytes, queuedBytes, outstandingMarks } = playout;
    return {
      streamSid: identity.streamSid,
      url,
      name,
      isBidirectional,
      openedAtMs,
      endedAtMs,
      end,
      mediaSent,
      mediaDiscarded,
      mediaReceived,
      mediaAfterEnd,
      playedBytes,
      droppedBytes,
      queuedBytes,
      invalidMessages,
      outstandingMarks,
      clears: [...this.clears],
      marks: [...this.marks],
    };
  }
}
