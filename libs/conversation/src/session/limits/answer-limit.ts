export interface AnswerLimitEvents {
  /** So many that the agent should come to an end by itself. */
  warn(answers: number): void;
  /** The limit: a goodbye, then the end. */
  reached(): void;
}

const WARN_SHARE = 0.8;
/** Answers beyond the limit that a pause is waited for. */
const GRACE = 5;

/** Bounds the answers that follow each other without a tool call: each is paid for, and they lead nowhere. */
export class AnswerLimit {
  private answers = 0;

  /** @param limit 0 for none */
  constructor(
    private readonly limit: number,
    private readonly events: AnswerLimitEvents,
  ) {}

  /** The agent begins to be heard. */
  answered(): void {
    if (this.limit === 0) return;
    this.answers += 1;
    if (this.answers === Math.ceil(this.limit * WARN_SHARE)) this.events.warn(this.answers);
    if (this.answers === this.limit + GRACE) this.events.reached();
  }

  /** Nobody speaks: the moment for a goodbye. */
  quiet(): void {
    if (this.limit > 0 && this.answers >= this.limit) this.events.reached();
  }

  /** A tool was called: something comes of the call. */
  progressed(): void {
    this.answers = 0;
  }
}
