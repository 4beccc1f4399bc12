import type { Clock } from '@tandem/kit';
import { ByteTape } from './byte-tape.ts';
import { asString, isObject, type JsonObject } from './json.ts';

export interface RecordingOptions {
  /** Keep every event. Without it only counters are kept, and `waitFor` cannot be used. Default true. */
  readonly events?: boolean;
  /** Keep every byte of audio, both ways. Default true. */
  readonly audio?: boolean;
  /** Events kept per session; the oldest go first and are counted. Default 20,000. */
  readonly maxEvents?: number;
  /** Bytes kept per session and direction. Default 64 MiB. */
  readonly maxAudioBytes?: number;
}

/** One event as it was sent. */
export class RecordedEvent {
  readonly direction: 'in' | 'out';
  /** Ms since the session opened. */
  readonly atMs: number;
  readonly text: string;
  private parsed: JsonObject | undefined;

  constructor(direction: 'in' | 'out', atMs: number, text: string) {
    this.direction = direction;
    this.atMs = atMs;
    this.text = text;
  }

  /** The parsed event; an empty object when the text is not a JSON object. */
  get event(): JsonObject {
    if (this.parsed) return this.parsed;
    try {
      const parsed: unknown = JSON.parse(this.text);
      return (this.parsed = isObject(parsed) ? parsed : {});
    } catch {
      return (this.parsed = {});
    }
  }

  get type(): string {
    return asString(this.event['type']) ?? '';
  }
}

export interface SessionCounters {
  eventsIn: number;
  eventsOut: number;
  appends: number;
  audioBytesIn: number;
  audioBytesOut: number;
  /** Client events refused, by code; `null` codes count as `none`. */
  refusals: Record<string, number>;
  /** Responses ended, by status. */
  responses: Record<string, number>;
  /** Events not sent because the session hangs. */
  suppressed: number;
  /** Number of recorded events dropped for newer ones. */
  droppedEvents: number;
  faults: number;
}

interface Waiter {
  readonly predicate: (event: RecordedEvent) => boolean;
  readonly resolve: (event: RecordedEvent) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const DEFAULT_MAX_EVENTS = 20_000;
const DEFAULT_MAX_AUDIO_BYTES = 64 * 1024 * 1024;

/** The recording of one session's events and audio, for tests. */
export class Recording {
  readonly counters: SessionCounters = {
    eventsIn: 0,
    eventsOut: 0,
    appends: 0,
    audioBytesIn: 0,
    audioBytesOut: 0,
    refusals: {},
    responses: {},
    suppressed: 0,
    droppedEvents: 0,
    faults: 0,
  };
  readonly keepsEvents: boolean;
  private readonly clock: Clock;
  private readonly openedAt: number;
  private readonly maxEvents: number;
  private readonly maxAudioBytes: number;
  private readonly receivedTape: ByteTape;
  private readonly sentTape: ByteTape;
  private readonly sentByItem = new Map<string, ByteTape>();
  private readonly waiters = new Set<Waiter>();
  private recorded: RecordedEvent[] = [];
  private isClosed = false;

  constructor(clock: Clock, options: RecordingOptions = {}) {
    this.clock = clock;
    this.openedAt = clock.now();
    this.keepsEvents = options.events ?? true;
    this.maxEvents = options.maxEvents ?? DEFAULT_MAX_EVENTS;
    this.maxAudioBytes = options.audio === false ? 0 : (options.maxAudioBytes ?? DEFAULT_MAX_AUDIO_BYTES);
    this.receivedTape = new ByteTape(this.maxAudioBytes);
    this.sentTape = new ByteTape(this.maxAudioBytes);
  }

  get events(): readonly RecordedEvent[] {
    return this.recorded;
  }

  get ageMs(): number {
    return this.clock.now() - this.openedAt;
  }

  /** Every appended byte that was accepted, in order. */
  get received(): Buffer {
    return this.receivedTape.bytes();
  }

  /** Every byte that went out in an audio delta, in order. */
  get sent(): Buffer {
    return this.sentTape.bytes();
  }

  sentFor(itemId: string): Buffer {
    return this.sentByItem.get(itemId)?.bytes() ?? Buffer.alloc(0);
  }

  noteIn(text: string): void {
    this.counters.eventsIn++;
    this.note('in', text);
  }

  noteOut(text: string): void {
    this.counters.eventsOut++;
    this.note('out', text);
  }

  noteAudioIn(audio: Buffer): void {
    this.counters.appends++;
    this.counters.audioBytesIn += audio.length;
    if (this.maxAudioBytes > 0) this.receivedTape.write(audio);
  }

  /** `bytes` is called only when audio is kept. */
  noteAudioOut(itemId: string, length: number, bytes: () => Uint8Array): void {
    this.counters.audioBytesOut += length;
    if (this.maxAudioBytes === 0) return;
    const audio = bytes();
    this.sentTape.write(audio);
    let tape = this.sentByItem.get(itemId);
    if (!tape) {
      tape = new ByteTape(this.maxAudioBytes);
      this.sentByItem.set(itemId, tape);
    }
    tape.write(audio);
  }

  noteRefusal(code: string | null): void {
    const key = code ?? 'none';
    this.counters.refusals[key] = (this.counters.refusals[key] ?? 0) + 1;
  }

  noteResponse(status: string): void {
    this.counters.responses[status] = (this.counters.responses[status] ?? 0) + 1;
  }

  /**
   * Returns the first event, past or future, that fits. Rejects after `timeoutMs` or when the session closes
   * first. With `fromNow` only future events count.
   */
  waitFor(
    predicate: (event: RecordedEvent) => boolean,
    options: { timeoutMs?: number; fromNow?: boolean } = {},
  ): Promise<RecordedEvent> {
    if (!this.keepsEvents)
      return Promise.reject(
        new Error('waitFor needs recorded events: construct the simulator with record.events true.'),
      );
    const past = options.fromNow ? undefined : this.recorded.find(predicate);
    if (past) return Promise.resolve(past);
    if (this.isClosed) return Promise.reject(new Error('The session is closed and no event fits.'));
    const timeoutMs = options.timeoutMs ?? 5000;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(waiter, `No event fits within ${timeoutMs} ms.`), timeoutMs);
      const waiter: Waiter = { predicate, resolve, reject, timer };
      this.waiters.add(waiter);
    });
  }

  close(): void {
    this.isClosed = true;
    for (const waiter of [...this.waiters]) this.giveUp(waiter, 'The session closed before an event fitted.');
  }

  private giveUp(waiter: Waiter, why: string): void {
    clearTimeout(waiter.timer);
    this.waiters.delete(waiter);
    const last = this.recorded.slice(-12).map((event) => `${event.direction} ${event.type}`);
    waiter.reject(new Error(`${why} Last events: ${last.join(', ') || 'none'}.`));
  }

  private note(direction: 'in' | 'out', text: string): void {
    if (!this.keepsEvents) return;
    const event = new RecordedEvent(direction, this.ageMs, text);
    this.recorded.push(event);
    if (this.recorded.length >= this.maxEvents * 2) {
      this.counters.droppedEvents += this.recorded.length - this.maxEvents;
      this.recorded = this.recorded.slice(-this.maxEvents);
    }
    for (const waiter of [...this.waiters]) {
      if (!waiter.predicate(event)) continue;
      clearTimeout(waiter.timer);
      this.waiters.delete(waiter);
      waiter.resolve(event);
    }
  }
}
