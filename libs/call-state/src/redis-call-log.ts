import { costOf, type CallFact, type CallId, type TenantId } from '@tandem/contracts';
import type { CallLog, Clock } from '@tandem/conversation';
import type { Redis } from 'ioredis';
import { CALL_KEYS_TTL_S } from './admission-record.ts';
import { keys } from './keys.ts';
import { appendEvents } from './scripts/append-events.ts';
import { MARK_LEASES, markOf } from './scripts/call-mark.ts';
import { run } from './scripts/script.ts';
import { DAY_TTL_S, MONTH_TTL_S, monthOf, type Spent } from './spend-ledger.ts';
import type { Sealer } from './sealer.ts';

/** What happened to the writing of events; plain numbers over all calls of a process. */
export interface CallLogCounters {
  stored: number;
  dropped: number;
  failures: number;
}

export interface CallLogOptions {
  readonly callId: CallId;
  readonly epoch: number;
  /** Number of the last event already in the log; ours go on from it. */
  readonly lastSeq: number;
  /** A newer owner has taken the call over: nothing of ours is taken any more. */
  readonly onFenced: () => void;
  /** Whose day what the call uses is counted on; not counted when absent. */
  readonly spending?: {
    readonly tenantId: TenantId;
    /** YYYY-MM-DD. */
    readonly day: string;
    /** More was counted. */
    readonly onSpent: (spent: Spent) => void;
  };
}

interface Entry {
  readonly seq: number;
  readonly sealed: string;
  readonly mark: string;
  /** What it reports to have used, at its price. */
  readonly micros: number;
}

/** Events of one call kept while Redis is away: an hour of fast talk. */
const MAX_WAITING = 5_000;
const MAX_BATCH = 200;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;

/** The call log of one call in its Redis Stream: in order, each event once, kept in memory until Redis has it. */
export class RedisCallLog implements CallLog {
  private waiting: Entry[] = [];
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
  }

  append(fact: CallFact): void {
    if (this.isFenced) return;
    if (this.waiting.length >= MAX_WAITING) {
      this.counters.dropped += 1;
      return;
    }
    const at = this.clock.wallTime();
    const sealed = this.sealer.seal({ type: fact.type, data: fact.data, at }, `event:${this.options.callId}`);
    const micros = fact.type === 'usage.reported' ? (costOf({ ...fact.data, at })?.micros ?? 0) : 0;
    this.waiting.push({ seq: ++this.seq, sealed, mark: markOf(fact), micros });
    if (!this.isWriting) void this.write();
  }

  flush(timeoutMs: number): Promise<'stored' | 'timed-out'> {
    if (this.waiting.length === 0) return Promise.resolve('stored');
    return new Promise((resolve) => {
      const timer = this.clock.after(timeoutMs, () => resolve('timed-out'));
      this.onDrained.push(() => {
        timer.cancel();
        resolve('stored');
      });
    });
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, MAX_BATCH);
      const outcome = await this.send(batch);
      if (outcome === 'failed') {
        await new Promise<void>((resolve) => this.clock.after(this.retryMs, resolve));
        this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
        continue;
      }
      this.retryMs = FIRST_RETRY_MS;
      if (outcome === 'stored') {
        this.waiting.splice(0, batch.length);
        this.counters.stored += batch.length;
      } else {
        this.isFenced = true;
        this.counters.dropped += this.waiting.length;
        this.waiting = [];
        if (outcome === 'fenced') this.options.onFenced();
      }
    }
    this.isWriting = false;
    const drained = this.onDrained;
    this.onDrained = [];
    for (const tell of drained) tell();
  }

  private async send(batch: readonly Entry[]): Promise<'stored' | 'fenced' | 'unknown' | 'failed'> {
    const { callId, epoch, spending } = this.options;
    const call = keys.call(callId);
    const periods = spending ? [keys.spend(spending.tenantId, spending.day), keys.spend(spending.tenantId, monthOf(spending.day))] : [call, call];
    let reply: ['stored', number, number, number, number] | ['fenced' | 'unknown', number];
    try {
      reply = (await run(
        this.redis,
        appendEvents,
        [call, keys.callEvents(callId), keys.liveCalls, ...periods],
        [epoch, callId, CALL_KEYS_TTL_S, ...MARK_LEASES, DAY_TTL_S, MONTH_TTL_S, ...batch.flatMap((entry) => [entry.seq, entry.sealed, entry.mark, spending ? entry.micros : 0])],
      )) as typeof reply;
    } catch {
      this.counters.failures += 1;
      return 'failed';
    }
    if (reply[0] === 'stored' && reply[2] > 0) spending?.onSpent({ micros: reply[2], dayMicros: reply[3], monthMicros: reply[4] });
    return reply[0];
  }
}
