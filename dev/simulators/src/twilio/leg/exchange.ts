import { makeSid } from '../reference/sids.ts';
import type { CallHandle } from './call-handle.ts';

export type QueueResult = 'bridged' | 'queue-full' | 'redirected' | 'hangup' | 'leave' | 'error';

/** A call that waits in a queue, or was taken out of it and is talking. */
export class QueuedCall {
  readonly call: CallHandle;
  readonly queueSid: string;
  private readonly enqueuedNowMs: number;
  private readonly takenSignal = Promise.withResolvers<void>();
  private readonly releasedSignal = Promise.withResolvers<void>();

  constructor(call: CallHandle, queueSid: string, nowMs: number) {
    this.call = call;
    this.queueSid = queueSid;
    this.enqueuedNowMs = nowMs;
  }

  /** Settles when a party dials the queue and gets this call. */
  get taken(): Promise<void> {
    return this.takenSignal.promise;
  }

  /** Settles when that party releases the call. */
  get released(): Promise<void> {
    return this.releasedSignal.promise;
  }

  take(): void {
    this.takenSignal.resolve();
  }

  release(): void {
    this.releasedSignal.resolve();
  }

  /** Whole seconds, as text. */
  waitedS(nowMs: number): string {
    return String(Math.round((nowMs - this.enqueuedNowMs) / 1000));
  }
}

const MAX_QUEUE = 100;

/** One `<Enqueue>` queue: first in, first out. */
export class WaitingQueue {
  readonly sid = makeSid('QU');
  private readonly waiting: QueuedCall[] = [];
  private readonly takers: ((queued: QueuedCall) => void)[] = [];

  get size(): number {
    return this.waiting.length;
  }

  /** Null when the queue is full. */
  add(call: CallHandle, nowMs: number, maxSize = MAX_QUEUE): QueuedCall | null {
    if (this.waiting.length >= maxSize) return null;
    const queued = new QueuedCall(call, this.sid, nowMs);
    const taker = this.takers.shift();
    if (taker) taker(queued);
    else this.waiting.push(queued);
    return queued;
  }

  /** 1 is next; 0 is not in the queue any more. */
  positionOf(queued: QueuedCall): number {
    return this.waiting.indexOf(queued) + 1;
  }

  remove(queued: QueuedCall): void {
    const at = this.waiting.indexOf(queued);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** Returns the first call in the queue, or the next to enter it. `cancel` stops the wait. */
  take(): { readonly next: Promise<QueuedCall>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<QueuedCall>();
    const first = this.waiting.shift();
    if (first) resolve(first);
    else this.takers.push(resolve);
    const cancel = () => {
      const at = this.takers.indexOf(resolve);
      if (at >= 0) this.takers.splice(at, 1);
    };
    return { next: promise, cancel };
  }
}

/** One `<Conference>` room. */
class ConferenceRoom {
  readonly sid = makeSid('CF');
  private readonly closers = new Map<CallHandle, () => void>();

  get members(): readonly CallHandle[] {
    return [...this.closers.keys()];
  }

  /** `ended` settles when the room is closed while the member is in it. */
  join(call: CallHandle): { readonly ended: Promise<void>; leave(closesRoom: boolean): void } {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.closers.set(call, resolve);
    const leave = (closesRoom: boolean) => {
      this.closers.delete(call);
      if (!closesRoom) return;
      for (const close of this.closers.values()) close();
      this.closers.clear();
    };
    return { ended, leave };
  }
}

/** The queues and rooms of one simulator, made on demand. */
export class Exchange {
  private readonly queues = new Map<string, WaitingQueue>();
  private readonly rooms = new Map<string, ConferenceRoom>();

  hasQueue(name: string): boolean {
    return this.queues.has(name);
  }

  queue(name: string): WaitingQueue {
    const queue = this.queues.get(name) ?? new WaitingQueue();
    this.queues.set(name, queue);
    return queue;
  }

  room(name: string): ConferenceRoom {
    const room = this.rooms.get(name) ?? new ConferenceRoom();
    this.rooms.set(name, room);
    return room;
  }
}
