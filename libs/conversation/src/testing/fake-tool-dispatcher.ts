import type { CallId, ToolCall, ToolOutcome } from '@tandem/contracts';
import type { ToolDispatcher } from '../ports/tool-dispatcher.ts';

/** Gives tool calls the outcomes planned by the test; a tool without one waits for {@link answer}. */
export class FakeToolDispatcher implements ToolDispatcher {
  readonly calls: ToolCall[] = [];
  /** Calls of earlier sessions that were joined. */
  readonly resumed: ToolCall[] = [];
  readonly cancelled: CallId[] = [];
  private readonly waiting = new Map<string, (outcome: ToolOutcome) => void>();

  constructor(private readonly planned: Record<string, ToolOutcome> = {}) {}

  call(call: ToolCall): Promise<ToolOutcome> {
    this.calls.push(call);
    return this.wait(call);
  }

  resume(call: ToolCall): Promise<ToolOutcome> {
    this.resumed.push(call);
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

  private wait(call: ToolCall): Promise<ToolOutcome> {
    const planned = this.planned[call.name];
    if (planned) return Promise.resolve(planned);
    return new Promise((resolve) => this.waiting.set(call.name, resolve));
  }
}
