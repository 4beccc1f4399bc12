import type { SpeakRequest } from '../ports/voice-model.ts';

const MAX_WAITING = 8;

/** At most one response at a time: requests wait, in order, for the end of the response under way. */
export class ResponseQueue {
  /** Requests that found the queue full. */
  droppedRequests = 0;
  private waiting: SpeakRequest[] = [];
  private isBusy = false;

  /** @param start makes the request the response under way, until {@link release} */
  constructor(private readonly start: (request: SpeakRequest) => void) {}

  /** Adds a request. A reply right behind another one is covered by it: it would have nothing to say. */
  add(request: SpeakRequest): void {
    if (request.kind === 'reply' && this.waiting.at(-1)?.kind === 'reply') return;
    if (this.waiting.length < MAX_WAITING) this.waiting.push(request);
    else this.droppedRequests += 1;
    this.startNext();
  }

  /** Puts a request that could not be started back in front of the others. */
  putBack(request: SpeakRequest): void {
    this.waiting.unshift(request);
  }

  /** Forgets waiting replies: another response covers them. Words that must be said stay. */
  dropReplies(): void {
    this.waiting = this.waiting.filter(({ kind }) => kind !== 'reply');
  }

  clear(): void {
    this.waiting = [];
  }

  /** A response is under way that was not started from here. */
  occupy(): void {
    this.isBusy = true;
  }

  /** No response is under way: starts the next one. */
  release(): void {
    this.isBusy = false;
    this.startNext();
  }

  private startNext(): void {
    if (this.isBusy) return;
    const request = this.waiting.shift();
    if (!request) return;
    this.isBusy = true;
    this.start(request);
  }
}
