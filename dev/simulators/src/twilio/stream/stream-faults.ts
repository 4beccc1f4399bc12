import type { Clock, Timer } from '@tandem/kit';
import type { MediaStream } from './media-stream.ts';

/** A fault of a Media Stream. Times are real ms from the opening of the stream. */
export type StreamFault = { readonly afterMs: number } &
  /** The connection breaks with a reset. */
  (
    | { readonly kind: 'cut' }
    /** Half-open: nothing is read, written or closed; for `forMs`, or forever without it. */
    | { readonly kind: 'freeze'; readonly forMs?: number }
    /** Twilio reads in bursts: `readMs` on, `pauseMs` off. */
    | {
        readonly kind: 'slow-reader';
        readonly readMs: number;
        readonly pauseMs: number;
        readonly rounds: number;
      }
    /** The caller's audio comes `factor` times as fast as real time. */
    | { readonly kind: 'flood'; readonly factor: number; readonly forMs: number }
    /** Texts that are no messages. */
    | { readonly kind: 'malformed'; readonly texts: readonly string[] }
    /** Number of media messages that are lost: a gap in the sequence numbers. */
    | { readonly kind: 'lose'; readonly messages: number }
    /** Number of marks that never come back. */
    | { readonly kind: 'lose-marks'; readonly marks: number }
    /** Marks come back up to `holdMs` late, in bunches. */
    | { readonly kind: 'bunch-marks'; readonly holdMs: number; readonly bunches: number }
    /** Every message comes twice. */
    | { readonly kind: 'duplicate'; readonly forMs: number }
  );

/**
 * Texts a receiver must survive: broken JSON, wrong types, unknown events, numbers out of bounds, deep
 * nesting.
 */
export const MALFORMED_MESSAGES: readonly string[] = [
  '',
  '{',
  'null',
  '[]',
  '42',
  '"media"',
  '{"event":null}',
  '{"event":"media"}',
  '{"event":"media","media":null}',
  '{"event":"media","media":{"payload":17}}',
  '{"event":"media","media":{"payload":"%%%not base64%%%"}}',
  '{"event":"media","sequenceNumber":"-1",' +
    '"media":{"track":"inbound","chunk":"NaN","timestamp":"1e999","payload":""}}',
  '{"event":"dtmf","dtmf":{"track":"inbound_track","digit":"99"}}',
  '{"event":"mark","mark":{}}',
  '{"event":"__proto__","constructor":{"prototype":{"polluted":true}}}',
  '{"event":"start"}',
  '['.repeat(2000) + ']'.repeat(2000),
  '\u0000\uffff',
];

/** Applies faults to one stream, each at its time from now on. */
export class StreamFaults {
  private readonly stream: MediaStream;
  private readonly clock: Clock;
  private readonly timers = new Set<Timer>();

  constructor(stream: MediaStream, clock: Clock) {
    this.stream = stream;
    this.clock = clock;
  }

  add(fault: StreamFault): void {
    this.after(fault.afterMs, () => this.apply(fault));
  }

  /** Cancels the faults that have not happened yet. */
  cancel(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  private apply(fault: StreamFault): void {
    const stream = this.stream;
    switch (fault.kind) {
      case 'cut':
        return stream.cut();
      case 'freeze':
        stream.freeze();
        if (fault.forMs !== undefined) this.after(fault.forMs, () => stream.unfreeze());
        return;
      case 'slow-reader':
        return this.readSlowly(fault, fault.rounds);
      case 'flood':
        stream.mediaPerTick = fault.factor;
        return this.after(fault.forMs, () => (stream.mediaPerTick = 1));
      case 'malformed':
        for (const text of fault.texts) stream.sendRaw(text);
        return;
      case 'lose':
        stream.mediaToLose += fault.messages;
        return;
      case 'lose-marks':
        stream.marksToLose += fault.marks;
        return;
      case 'bunch-marks':
        return this.bunchMarks(fault.holdMs, fault.bunches);
      case 'duplicate':
        stream.isDuplicating = true;
        return this.after(fault.forMs, () => (stream.isDuplicating = false));
    }
  }

  private readSlowly(rhythm: { readonly readMs: number; readonly pauseMs: number }, rounds: number): void {
    if (rounds <= 0) return;
    this.stream.pauseReading();
    this.after(rhythm.pauseMs, () => {
      this.stream.resumeReading();
      this.after(rhythm.readMs, () => this.readSlowly(rhythm, rounds - 1));
    });
  }

  private bunchMarks(holdMs: number, bunches: number): void {
    if (bunches <= 0) return;
    this.stream.holdMarks();
    this.after(holdMs, () => {
      this.stream.releaseMarks();
      this.bunchMarks(holdMs, bunches - 1);
    });
  }

  private after(delayMs: number, run: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      run();
    });
    this.timers.add(timer);
  }
}
