import type { CallId, ToolCall, ToolOutcome } from '@tandem/contracts';
import type { OnLateOutcome, ToolDispatcher } from '../ports/tool-dispatcher.ts';

/** Gives tool calls the outcomes planned by the test; a tool without one waits for {@link answer}. */
export class FakeToolDispatcher implements ToolDispatcher {
  readonly calls: ToolCall[] = [];
  /** Calls of earlier sessions that were joined. */
  readonly resumed: ToolCall[] = [];
  /** Timed-out calls of earlier sessions whose outcome is awaited. */
  readonly awaitedLate: ToolCall[] = [];
  readonly cancelled: CallId[] = [];
  private readonly waiting = new Map<string, (outcome: ToolOutcome) => void>();
  private readonly late = new Map<string, OnLateOutcome>();

  constructor(private readonly planned: Record<string, ToolOutcome> = {}) {}

  call(call: ToolCall, onLate?: OnLateOutcome): Promise<ToolOutcome> {
    this.calls.push(call);
    return this.wait(call, onLate);
  }

  resume(call: ToolCall, onLate?: OnLateOutcome): Promise<ToolOutcome> {
    this.resumed.push(call);
    return this.wait(call, onLate);
  }

  awaitLate(call: ToolCall): Promise<ToolOutcome> {
    this.awaitedLate.push(call);
    return this.wait(call);
  }

  cancelAll(callId: CallId): void {
    this.cancelled.push(callId);
  }

  isWaiting(name: string): boolean {
    return this.waiting.has(name);
  }

  answer(name: string, outcome: ToolOutcome): void {
    const resolve = this.waiting.get(name);
    if (!resolve) throw new TypeError(`No call of ${name} is waiting for an answer.`);
    this.waiting.delete(name);
    resolve(outcome);
  }

  /** Gives a call that was answered with `timed-out` its outcome after all. */
  answerLate(name: string, outcome: ToolOutcome): void {
    const onLate = this.late.get(name);
    if (!onLate) throw new TypeError(`No call of ${name} waits for a late answer.`);
    this.late.delete(name);
    onLate(outcome);
  }

  private wait(call: ToolCall, onLate?: OnLateOutcome): Promise<ToolOutcome> {
    if (onLate) this.late.set(call.name, onLate);
    const planned = this.planned[call.name];
    if (planned) return Promise.resolve(planned);
    return new Promise((resolve) => this.waiting.set(call.name, resolve));
  }
}
