import type { ResponseId } from '@tandem/contracts';
import type { SpeakRequest } from '@tandem/conversation';

export interface RunningResponse {
  readonly responseId: ResponseId;
  /** What it answers. */
  readonly request: SpeakRequest;
  hasSound: boolean;
  hasTools: boolean;
  isCancelled: boolean;
}

/** What is to be asked of a session that takes over. */
export interface Carryover {
  readonly requests: readonly SpeakRequest[];
  /** The agent was cut off in the middle of an answer; the first request is to go on with it. */
  readonly isCutOff: boolean;
}

const REPLY: SpeakRequest = { kind: 'reply' };
/** The rest of an answer: there may be none. */
const REST: SpeakRequest = { kind: 'reply', mayBeSilent: true };
const MAX_REQUESTS = 8;

/**
 * What the caller is owed: responses asked for, the reply to a turn, the rest of an answer. Kept so that no
 * change of session leaves them waiting, and nothing is asked for twice.
 */
export class PendingResponses {
  running: RunningResponse | null = null;
  /** Given to the session in use and not begun, in order. */
  private asked: SpeakRequest[] = [];
  /** Waiting for a session. */
  private held: SpeakRequest[] = [];
  private isReplyDue = false;
  private isCutOff = false;

  get isExpecting(): boolean {
    return this.running !== null || this.asked.length > 0 || this.isReplyDue;
  }

  get isEmpty(): boolean {
    return !this.isExpecting && this.held.length === 0 && !this.isCutOff;
  }

  sent(request: SpeakRequest): void {
    if (this.asked.length < MAX_REQUESTS) this.asked.push(request);
  }

  deferred(request: SpeakRequest): void {
    if (this.held.length < MAX_REQUESTS) this.held.push(request);
  }

  /** The caller's turn is over and the model answers it by itself. */
  replyDue(): void {
    this.isReplyDue = true;
  }

  /** They go on: the answer follows what is to come. */
  callerSpeaks(): void {
    this.isReplyDue = false;
  }

  /**
   * One reply answers everything: a response that is no set words settles all that were asked for before it.
   */
  started(responseId: ResponseId): void {
    const [first] = this.asked;
    const isSetWords = !this.isReplyDue && first !== undefined && first.kind !== 'reply';
    const [reply = REPLY] = withOneReply(
      this.isReplyDue ? [REPLY] : this.asked.filter(({ kind }) => kind === 'reply'),
    );
    if (isSetWords) this.asked.shift();
    else this.asked = this.asked.filter(({ kind }) => kind !== 'reply');
    this.running = {
      responseId,
      request: isSetWords ? first : reply,
      hasSound: false,
      hasTools: false,
      isCancelled: false,
    };
    this.isReplyDue = false;
  }

  /** The response is over; answers what it was. */
  done(responseId: ResponseId): RunningResponse | null {
    const { running } = this;
    if (running?.responseId !== responseId) return null;
    this.running = null;
    return running;
  }

  /** Nobody wants to hear any of it any more. */
  cancelled(): void {
    this.asked = [];
    this.held = [];
    this.isReplyDue = false;
    this.isCutOff = false;
    if (this.running) this.running.isCancelled = true;
  }

  /** The session is gone, and what it owed is to be had from the next one. Answers the response that ran. */
  lost(): ResponseId | null {
    const { running } = this;
    const due: SpeakRequest[] = running ? this.remainderOf(running) : [];
    due.push(...this.asked);
    if (this.isReplyDue) due.push(REPLY);
    this.held = [...due, ...this.held].slice(0, MAX_REQUESTS);
    this.running = null;
    this.asked = [];
    this.isReplyDue = false;
    return running?.responseId ?? null;
  }

  /** A response failed and is to be had once more. */
  failed(running: RunningResponse): void {
    this.held = [...this.remainderOf(running), ...this.held].slice(0, MAX_REQUESTS);
  }

  carryOver(): Carryover {
    const debt: Carryover = {
      requests: withOneReply(this.isCutOff ? [REST, ...this.held] : this.held),
      isCutOff: this.isCutOff,
    };
    this.held = [];
    this.isCutOff = false;
    return debt;
  }

  /**
   * A response that called tools is followed by the reply to their results, which is asked for when they are
   * there.
   */
  private remainderOf({ request, hasSound, hasTools, isCancelled }: RunningResponse): SpeakRequest[] {
    if (isCancelled || hasTools) return [];
    this.isCutOff ||= hasSound;
    return hasSound ? [] : [request];
  }
}

/** One reply answers everything; silence will do only where it does for all of it. */
function withOneReply(requests: readonly SpeakRequest[]): SpeakRequest[] {
  const replies = requests.filter(({ kind }) => kind === 'reply');
  const reply =
    replies.find((candidate) => candidate.kind === 'reply' && !candidate.mayBeSilent) ?? replies[0];
  return requests.flatMap((request) =>
    request.kind !== 'reply' ? [request] : request === replies[0] && reply ? [reply] : [],
  );
}
