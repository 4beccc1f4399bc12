import type { CallContext } from '../call-context.ts';

const WARN_SHARE = 0.8;
/** The call goes on for this many answers past the limit to wait for a pause. */
const GRACE = 5;

/** Bounds the answers in a row without a tool call: each one costs money, and they lead nowhere. */
export class AnswerLimit {
  private answers = 0;
  /** 0 for none. */
  private readonly limit: number;

  constructor(private readonly context: CallContext) {
    this.limit = context.call.agent.limits.maxAnswersWithoutTool;
  }

  /** The caller hears the start of an answer. */
  answered(): void {
    if (this.limit === 0) return;
    this.answers += 1;
    if (this.answers === Math.ceil(this.limit * WARN_SHARE))
      this.context.signal({
        kind: 'limit-near',
        why: `There were ${this.answers} answers without anything being done.`,
      });
    if (this.answers === this.limit + GRACE) this.reached();
  }

  /** The floor is quiet: a good moment for a goodbye. */
  quiet(): void {
    if (this.limit > 0 && this.answers >= this.limit) this.reached();
  }

  /** A tool was called, so the call makes progress. */
  progressed(): void {
    this.answers = 0;
  }

  private reached(): void {
    this.context.signal({ kind: 'limit-reached', reason: 'no-progress' });
  }
}
