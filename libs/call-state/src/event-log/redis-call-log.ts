import {
  costOf,
  maskEvent,
  type CallEvent,
  type NewCallEvent,
  type CallId,
  type TenantId,
} from '@tandem/contracts';
import type { CallLog, Clock } from '@tandem/conversation';
import type { Redis } from 'ioredis';
import { CallJournal, type JournalEntry } from './call-journal.ts';
import { CALL_KEYS_TTL_S, keys } from '../redis/keys.ts';
import { isDispensable, LogBound, type LogLimits } from './log-bound.ts';
import { appendEvents } from '../scripts/append-events.ts';
import { TRANSITION_LEASES, transitionOf } from './call-transition.ts';
import { run } from '../scripts/script.ts';
import { DAY_TTL_S, MONTH_TTL_S, monthOf, type Spent } from './spend-ledger.ts';
import type { Sealer } from '../redis/sealer.ts';

/** Counters of event writing over all calls of a process. */
export interface CallLogCounters {
  stored: number;
  dropped: number;
  failures: number;
  /** Sent again because Redis had lost them. */
  refilled: number;
}

export interface CallLogOptions {
  readonly callId: CallId;
  readonly epoch: number;
  /** Number of the last event already in the log; numbering continues from it. */
  readonly lastSeq: number;
  /** Events of earlier owners, oldest first: remembered so that they can be restored. */
  readonly earlier?: readonly CallEvent[];
  /** Size of the log so far; none when absent. */
  readonly there?: LogLimits;
  /** Unix time in ms; zero of all `…AtMs`. Only `log.cut` needs it. */
  readonly admittedAt?: number;
  /** The log is full: dispensable events are dropped from now on. Called once. */
  readonly onCut?: () => void;
  /** A newer owner has taken the call over: our events are refused from now on. */
  readonly onFenced: () => void;
  /**
   * Called when Redis has lost the call. Restores it and returns the number of the last event that is left of
   * it, or null when a newer owner is there. Without it the call is given up. `beginsAfter`: events up to
   * this number are no longer remembered and count as stored.
   */
  readonly restore?: (beginsAfter: number) => Promise<number | null>;
  /** The tenant and day the call's cost counts on; not counted when absent. */
  readonly spending?: {
    readonly tenantId: TenantId;
    /** YYYY-MM-DD. */
    readonly day: string;
    /** Called when a cost was added. */
    readonly onSpent: (spent: Spent) => void;
  };
}

/** Size of one step of Redis: other clients wait for a few ms at most. */
const MAX_BATCH: LogLimits = { events: 200, bytes: 256 * 1024 };
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;

type Sent =
  | { readonly outcome: 'stored' | 'fenced' | 'unknown' | 'failed' }
  | { readonly outcome: 'behind'; readonly lastSeq: number };

/**
 * The event log of one call in its Redis Stream: in order, each event once, and no larger than {@link
 * LogBound} allows. The last events stay in memory while the call is held and not in Postgres, so that a
 * Redis that comes back with less than it had gets the rest again.
 */
export class RedisCallLog implements CallLog {
  private readonly journal: CallJournal;
  private readonly bound: LogBound;
  /** Number of dropped events that the log itself reports. */
  private droppedReported = 0;
  private seq: number;
  private isWriting = false;
  private retryMs = FIRST_RETRY_MS;
  private isFenced = false;
  private onDrained: (() => void)[] = [];

  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
    private readonly counters: CallLogCounters,
    private readonly options: CallLogOptions,
  ) {
    this.seq = options.lastSeq;
    const { earlier = [], there = { events: 0, bytes: 0 } } = options;
    this.bound = new LogBound(there);
    const bytesEach = Math.ceil(there.bytes / Math.max(1, there.events));
    this.journal = new CallJournal(
      earlier.map((event) => this.earlier(event, bytesEach)),
      options.lastSeq,
    );
  }

  append(event: NewCallEvent): void {
    if (this.isFenced) return;
    if (event.type === 'call.ended' || event.type === 'stream.detached') this.reportCut();
    if (this.bound.hasRoomFor(event.type) && this.keep(event)) return;
    this.counters.dropped += 1;
    this.bound.dropped += 1;
    if (this.bound.dropped > 1) return;
    // Reported at once as well: an owner that dies reports nothing at its end.
    this.reportCut();
    this.options.onCut?.();
  }

  /** Size of the remembered events, in bytes. */
  get bytes(): number {
    return this.journal.bytes;
  }

  flush(timeoutMs: number): Promise<'stored' | 'timed-out'> {
    if (!this.journal.hasUnstored && !this.isWriting) return Promise.resolve('stored');
    return new Promise((resolve) => {
      const timer = this.clock.after(timeoutMs, () => resolve('timed-out'));
      this.onDrained.push(() => {
        timer.cancel();
        resolve('stored');
      });
    });
  }

  /** True once a newer owner has the call: nothing more is written. */
  get isGivenUp(): boolean {
    return this.isFenced;
  }

  /** Compares with the last number Redis has. Events it has lost are sent again. */
  confirm(lastSeq: number): void {
    if (this.isFenced || lastSeq >= this.journal.storedSeq) return;
    this.counters.refilled += this.journal.rewind(lastSeq);
    this.write();
  }

  /** Restores a call that Redis has lost. */
  restoreLost(): void {
    if (!this.isFenced) this.write(true);
  }

  /** Returns whether the event was taken. */
  private keep(event: NewCallEvent): boolean {
    // Before it is masked and sealed, which is most of the work.
    if (this.journal.isFull && isDispensable(event.type)) return false;
    const entry = this.own(event);
    this.journal.add(entry);
    this.bound.added(entry.bytes);
    this.seq += 1;
    this.write();
    return true;
  }

  private reportCut(): void {
    const { dropped } = this.bound;
    if (dropped === this.droppedReported) return;
    this.droppedReported = dropped;
    this.keep({
      type: 'log.cut',
      data: { dropped, atMs: Math.max(0, this.clock.wallTime() - (this.options.admittedAt ?? 0)) },
    });
  }

  private own(event: NewCallEvent): JournalEntry {
    const at = this.clock.wallTime();
    const sealed = this.seal(maskEvent(event), at);
    return {
      epoch: this.options.epoch,
      seq: this.seq + 1,
      sealed: () => sealed,
      transition: transitionOf(event),
      micros: microsOf(event, at),
      bytes: sealed.length,
    };
  }

  /** Its transition is part of the restored record already. */
  private earlier(event: CallEvent, bytes: number): JournalEntry {
    return {
      epoch: event.epoch,
      seq: event.seq,
      sealed: () => this.seal(event, event.at),
      transition: '',
      micros: microsOf(event, event.at),
      bytes,
    };
  }

  private seal({ type, data }: NewCallEvent, at: number): string {
    return this.sealer.seal({ type, data, at }, `event:${this.options.callId}`);
  }

  private write(isLost = false): void {
    if (!this.isWriting) void this.drain(isLost);
  }

  private async drain(isLost: boolean): Promise<void> {
    this.isWriting = true;
    await Promise.resolve(); // What happens in one moment goes as one batch.
    let mustRestore = isLost;
    while (!this.isFenced && (mustRestore || this.journal.hasUnstored)) {
      if (mustRestore) {
        mustRestore = !(await this.restore());
        continue;
      }
      const batch = this.journal.unstored(MAX_BATCH);
      const sent = await this.send(batch);
      mustRestore =
        sent.outcome === 'unknown' || (sent.outcome === 'behind' && sent.lastSeq < this.journal.beginsAfter);
      await this.handleReply(sent, batch);
    }
    this.isWriting = false;
    const drained = this.onDrained;
    this.onDrained = [];
    for (const tell of drained) tell();
  }

  private async handleReply(sent: Sent, batch: readonly JournalEntry[]): Promise<void> {
    switch (sent.outcome) {
      case 'stored':
        this.retryMs = FIRST_RETRY_MS;
        this.journal.stored(batch);
        this.counters.stored += batch.length;
        return;
      case 'behind':
        this.counters.refilled += this.journal.rewind(sent.lastSeq);
        return;
      case 'fenced':
        this.giveUp();
        return this.options.onFenced();
      case 'failed':
        return this.pause();
      case 'unknown':
        if (!this.options.restore) this.giveUp();
    }
  }

  /** Returns false when Redis failed and restoring must be repeated. */
  private async restore(): Promise<boolean> {
    try {
      const lastSeq = (await this.options.restore?.(this.journal.beginsAfter)) ?? null;
      if (lastSeq === null) {
        this.giveUp();
        this.options.onFenced();
      } else this.counters.refilled += this.journal.rewind(lastSeq);
      return true;
    } catch {
      this.counters.failures += 1;
      await this.pause();
      return false;
    }
  }

  private giveUp(): void {
    this.isFenced = true;
    this.counters.dropped += this.journal.clear();
  }

  private async pause(): Promise<void> {
    await new Promise<void>((resolve) => this.clock.after(this.retryMs, resolve));
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private async send(batch: readonly JournalEntry[]): Promise<Sent> {
    const { callId, epoch, spending } = this.options;
    const call = keys.call(callId);
    const periods = spending
      ? [keys.spend(spending.tenantId, spending.day), keys.spend(spending.tenantId, monthOf(spending.day))]
      : [call, call];
    let reply: ['stored', number, number, number, number] | ['fenced' | 'unknown' | 'behind', number];
    try {
      reply = (await run(
        this.redis,
        appendEvents,
        [call, keys.callEvents(callId), keys.liveCalls, ...periods],
        [
          epoch,
          callId,
          CALL_KEYS_TTL_S,
          ...TRANSITION_LEASES,
          DAY_TTL_S,
          MONTH_TTL_S,
          ...batch.flatMap((entry) => [
            entry.epoch,
            entry.seq,
            entry.sealed(),
            entry.transition,
            spending ? entry.micros : 0,
          ]),
        ],
      )) as typeof reply;
    } catch {
      this.counters.failures += 1;
      return { outcome: 'failed' };
    }
    if (reply[0] === 'stored' && reply[2] > 0)
      spending?.onSpent({ micros: reply[2], dayMicros: reply[3], monthMicros: reply[4] });
    return reply[0] === 'behind' ? { outcome: 'behind', lastSeq: reply[1] } : { outcome: reply[0] };
  }
}

/** Returns the price of the usage an event reports. */
function microsOf(event: NewCallEvent, at: number): number {
  return event.type === 'usage.reported' ? (costOf({ ...event.data, at })?.micros ?? 0) : 0;
}
