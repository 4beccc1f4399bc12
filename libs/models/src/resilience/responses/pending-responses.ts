import type { ResponseId } from '@tandem/contracts';
import type { SpeakRequest } from '@tandem/conversation';

export interface RunningResponse {
  readonly responseId: ResponseId;
  /** The request it answers. */
  readonly request: SpeakRequest;
  hasSound: boolean;
  hasTools: boolean;
  isCancelled: boolean;
}

/** The requests for a session that takes over. */
export interface Carryover {
  readonly requests: readonly SpeakRequest[];
  /** A response was cut off in the middle; the first request continues it. */
  readonly isCutOff: boolean;
}

const REPLY: SpeakRequest = { kind: 'reply' };
/** The rest of a response that was cut off: there may be none. */
const REST: SpeakRequest = { kind: 'reply', mayBeSilent: true };
const MAX_REQUESTS = 8;

/**
 * Responses the caller is waiting for: those requested, the reply to a turn, the rest of one that was cut
 * off. Kept over a change of session, so that none is lost and none is requested twice.
 */
export class PendingResponses {
  running: RunningResponse | null = null;
  /** Requests sent to the session in use that have not begun, in order. */
  private unstarted: SpeakRequest[] = [];
  /** Requests that wait for a session. */
  private waiting: SpeakRequest[] = [];
  private isReplyDue = false;
  private isCutOff = false;

  get isExpecting(): boolean {
    return this.running !== null || this.unstarted.length > 0 || this.isReplyDue;
  }

  get isEmpty(): boolean {
    return !this.isExpecting && this.waiting.length === 0 && !this.isCutOff;
  }

  sent(request: SpeakRequest): void {
    if (this.unstarted.length < MAX_REQUESTS) this.unstarted.push(request);
  }

  deferred(request: SpeakRequest): void {
    if (this.waiting.length < MAX_REQUESTS) this.waiting.push(request);
  }

  /** The caller's turn is over, and the model replies by itself. */
  expectReply(): void {
    this.isReplyDue = true;
  }

  /** The caller goes on: the reply will follow the new turn. */
  onCallerSpeech(): void {
    this.isReplyDue = false;
  }

  /** A response has begun: a `say` request answers itself alone, a reply all replies requested before it. */
  onStarted(responseId: ResponseId): void {
    const [first] = this.unstarted;
    const isSetWords = !this.isReplyDue && first !== undefined && first.kind !== 'reply';
    const [reply = REPLY] = withOneReply(
      this.isReplyDue ? [REPLY] : this.unstarted.filter(({ kind }) => kind === 'reply'),
    );
    if (isSetWords) this.unstarted.shift();
    else this.unstarted = this.unstarted.filter(({ kind }) => kind !== 'reply');
    this.running = {
      responseId,
      request: isSetWords ? first : reply,
      hasSound: false,
      hasTools: false,
      isCancelled: false,
    };
    this.isReplyDue = false;
  }

  /** Returns the response that is over, or null when another one runs. */
  onDone(responseId: ResponseId): RunningResponse | null {
    const { running } = this;
    if (running?.responseId !== responseId) return null;
    this.running = null;
    return running;
  }

  /** The conversation has cancelled everything. */
  cancelAll(): void {
    this.unstarted = [];
    this.waiting = [];
    this.isReplyDue = false;
    this.isCutOff = false;
    if (this.running) this.running.isCancelled = true;
  }

  /** Keeps what the lost session did not complete for the next one. Returns the response that ran. */
  onSessionLost(): ResponseId | null {
    const { running } = this;
    const due: SpeakRequest[] = running ? this.remainderOf(running) : [];
    due.push(...this.unstarted);
    if (this.isReplyDue) due.push(REPLY);
    this.waiting = [...due, ...this.waiting].slice(0, MAX_REQUESTS);
    this.running = null;
    this.unstarted = [];
    this.isReplyDue = false;
    return running?.responseId ?? null;
  }

  /** Keeps a failed response for one more request. */
  requeue(running: RunningResponse): void {
    this.waiting = [...this.remainderOf(running), ...this.waiting].slice(0, MAX_REQUESTS);
  }

  carryOver(): Carryover {
    const carryover: Carryover = {
      requests: withOneReply(this.isCutOff ? [REST, ...this.waiting] : this.waiting),
      isCutOff: this.isCutOff,
    };
    this.waiting = [];
    this.isCutOff = false;
    return carryover;
  }

  /** Nothing remains of a response that called tools: the reply to their results is requested later. */
  private remainderOf({ request, hasSound, hasTools, isCancelled }: RunningResponse): SpeakRequest[] {
    if (isCancelled || hasTools) return [];
    this.isCutOff ||= hasSound;
    return hasSound ? [] : [request];
  }
}

/** Makes one of all replies, which may be silent only if all of them may. */
function withOneReply(requests: readonly SpeakRequest[]): SpeakRequest[] {
  const replies = requests.filter(({ kind }) => kind === 'reply');
  const reply =
    replies.find((candidate) => candidate.kind === 'reply' && !candidate.mayBeSilent) ?? replies[0];
  return requests.flatMap((request) =>
    request.kind !== 'reply' ? [request] : request === replies[0] && reply ? [reply] : [],
  );
}
