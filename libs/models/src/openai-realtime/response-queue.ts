import type { ResponseId } from '@tandem/contracts';
import type { SpeakRequest } from '@tandem/conversation';

interface Asked {
  readonly requestId: string;
  readonly request: SpeakRequest;
  isCancelled: boolean;
}

const MAX_WAITING = 8;

/**
 * Only one response may run on a conversation, and the server starts some by itself. Keeps ours in line: one
 * asked for at a time, the rest waiting for the floor of the model.
 */
export class ResponseQueue {
  running: ResponseId | null = null;
  private isStopping = false;
  private asked: Asked | null = null;
  private waiting: SpeakRequest[] = [];
  private counter = 0;

  constructor(
    private readonly send: (request: SpeakRequest, requestId: string) => void,
    private readonly cancel: (responseId: ResponseId) => void,
  ) {}

  /**
   * One reply that waits answers everything there is by then; a second one behind it would have nothing to
   * say.
   */
  add(request: SpeakRequest): void {
    if (request.kind === 'reply' && this.waiting.at(-1)?.kind === 'reply') return;
    if (this.waiting.length < MAX_WAITING) this.waiting.push(request);
    this.next();
  }

  /** The running response is to stop, and whatever waits is forgotten. */
  cancelAll(): void {
    this.waiting = [];
    if (this.asked) this.asked.isCancelled = true;
    if (this.running !== null && !this.isStopping) this.cancel(this.running);
    this.isStopping = this.running !== null;
  }

  /** The server stops the running response by itself: cancelling it as well would be refused. */
  stoppedByServer(): void {
    this.isStopping = this.running !== null;
  }

  /**
   * A response of the server's own answers what there is by now: a reply that waits would answer it once
   * more.
   */
  started(responseId: ResponseId, requestId: string | undefined): void {
    this.running = responseId;
    this.isStopping = false;
    if (requestId === undefined) this.waiting = this.waiting.filter(({ kind }) => kind !== 'reply');
    if (this.asked?.requestId !== requestId) return;
    if (this.asked?.isCancelled) this.cancel(responseId);
    this.asked = null;
  }

  done(responseId: ResponseId): void {
    if (this.running === responseId) this.running = null;
    this.next();
  }

  /**
   * The server refused a request of ours. When the reason is that a response of its own was already running,
   * words that must be said wait for their turn; a plain reply does not, for that response is the reply.
   */
  refused(requestId: string, isBecauseBusy: boolean): boolean {
    const { asked } = this;
    if (asked?.requestId !== requestId) return false;
    this.asked = null;
    if (isBecauseBusy && !asked.isCancelled && asked.request.kind !== 'reply')
      this.waiting.unshift(asked.request);
    this.next();
    return true;
  }

  private next(): void {
    if (this.running !== null || this.asked) return;
    const request = this.waiting.shift();
    if (!request) return;
    this.asked = { requestId: `tandem_${++this.counter}`, request, isCancelled: false };
    this.send(request, this.asked.requestId);
  }
}
