import type { ResponseId } from '@tandem/contracts';
import { ResponseQueue, type SpeakRequest } from '@tandem/conversation';

/** A request on its way to the server, which has not begun its response. */
interface PendingRequest {
  readonly requestId: string;
  readonly request: SpeakRequest;
  isCancelled: boolean;
}

/**
 * Our requests for responses beside those the server starts by itself: only one may run on a conversation. A
 * request carries an id, by which its response, or its refusal, is told from the server's own.
 */
export class ResponseRequests {
  running: ResponseId | null = null;
  private isStopping = false;
  private pending: PendingRequest | null = null;
  private counter = 0;
  private readonly queue = new ResponseQueue((request) => {
    this.pending = { requestId: `tandem_${++this.counter}`, request, isCancelled: false };
    this.send(request, this.pending.requestId);
  });

  constructor(
    private readonly send: (request: SpeakRequest, requestId: string) => void,
    private readonly cancel: (responseId: ResponseId) => void,
  ) {}

  add(request: SpeakRequest): void {
    this.queue.add(request);
  }

  /** Stops the running response and forgets the waiting requests. */
  cancelAll(): void {
    this.queue.clear();
    if (this.pending) this.pending.isCancelled = true;
    if (this.running !== null && !this.isStopping) this.cancel(this.running);
    this.isStopping = this.running !== null;
  }

  /** The server stops the running response by itself: cancelling it as well would be refused. */
  stoppedByServer(): void {
    this.isStopping = this.running !== null;
  }

  /**
   * A response has begun. One that the server started by itself covers the waiting replies: they would answer
   * the same once more.
   */
  started(responseId: ResponseId, requestId: string | undefined): void {
    this.running = responseId;
    this.isStopping = false;
    this.queue.occupy();
    if (requestId === undefined) this.queue.dropReplies();
    if (this.pending?.requestId !== requestId) return;
    if (this.pending?.isCancelled) this.cancel(responseId);
    this.pending = null;
  }

  done(responseId: ResponseId): void {
    if (this.running === responseId) this.running = null;
    this.releaseWhenIdle();
  }

  /**
   * The server refused a request. When a response of its own was already running, words that must be said
   * wait for its end; a plain reply does not, for that response is the reply. Returns whether it was ours.
   */
  refused(requestId: string, isBecauseBusy: boolean): boolean {
    const { pending } = this;
    if (pending?.requestId !== requestId) return false;
    this.pending = null;
    if (isBecauseBusy && !pending.isCancelled && pending.request.kind !== 'reply')
      this.queue.putBack(pending.request);
    this.releaseWhenIdle();
    return true;
  }

  private releaseWhenIdle(): void {
    if (this.running === null && !this.pending) this.queue.release();
  }
}
