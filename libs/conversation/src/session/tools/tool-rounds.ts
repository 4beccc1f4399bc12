import type { ResponseId, ToolCallId } from '@tandem/contracts';

interface Round {
  readonly pending: Set<ToolCallId>;
  isDone: boolean;
  readonly replies: (() => boolean)[];
}

/** The tool calls of each response: one reply once all of them have their outcome. */
export class ToolRounds {
  private readonly open = new Map<ResponseId, Round>();

  /** @param onReplyDue called when the model must speak of the outcomes of a response */
  constructor(private readonly onReplyDue: () => void) {}

  /** Returns the round of a response, and begins it with its first call. */
  of(responseId: ResponseId): Round {
    let round = this.open.get(responseId);
    if (!round) this.open.set(responseId, (round = { pending: new Set(), isDone: false, replies: [] }));
    return round;
  }

  isOpen(responseId: ResponseId): boolean {
    return this.open.has(responseId);
  }

  /** A call has its outcome. */
  settled(responseId: ResponseId, toolCallId: ToolCallId, needsReply: () => boolean): void {
    const round = this.open.get(responseId);
    if (!round) return;
    round.pending.delete(toolCallId);
    round.replies.push(needsReply);
    this.replyWhenComplete(responseId, round);
  }

  /** The response asks for no further calls. */
  done(responseId: ResponseId, replies: readonly (() => boolean)[]): void {
    const round = this.open.get(responseId);
    if (!round) return;
    round.isDone = true;
    round.replies.push(...replies);
    this.replyWhenComplete(responseId, round);
  }

  private replyWhenComplete(responseId: ResponseId, { isDone, pending, replies }: Round): void {
    if (!isDone || pending.size > 0) return;
    this.open.delete(responseId);
    if (replies.some((isNeeded) => isNeeded())) this.onReplyDue();
  }
}
