import type { JsonValue, ToolDeclaration, ToolOutcome } from '@tandem/contracts';
import type { OnLateOutcome } from '../../ports/tool-dispatcher.ts';
import type { MissingToolsReason } from '../../ports/model-session-listener.ts';
import type { Timer } from '../../ports/clock.ts';
import type { CallContext } from '../call-context.ts';
import type { ModelSlot } from '../model-slot.ts';
import type { Refusal } from './tool-arguments.ts';

/** Ends of calls that came before their verdict; the oldest is forgotten. */
const MAX_EARLY = 16;

interface AtWork {
  readonly key: string;
  readonly settle: (outcome: ToolOutcome) => void;
  /** Waits for its end no longer. */
  readonly leave: () => void;
}

const REPEATED: Refusal = {
  ok: false,
  reason: 'already-at-work',
  detail: 'The same call is under way already; its result follows. Do not call it again.',
};

const atLimit = (most: number): Refusal => ({
  ok: false,
  reason: 'call-limit-reached',
  detail:
    `Nothing was done: this may be used ${most} times in one call, and it was. Tell the caller that it is ` +
    'not possible now, and offer another way.',
});

/**
 * Tool calls that the provider of the model runs by itself, once it was allowed to: counts them, waits for
 * their ends as long as the tool may take, and passes on what comes later.
 */
export class HostedCalls {
  private readonly atWork = new Map<string, AtWork>();
  private readonly early = new Map<string, ToolOutcome>();
  private readonly uses: Map<string, number>;

  /** @param uses calls made by earlier sessions of the call, by tool */
  constructor(
    private readonly context: Pick<CallContext, 'atMs' | 'clock' | 'log'>,
    private readonly model: ModelSlot,
    uses: ReadonlyMap<string, number>,
  ) {
    this.uses = new Map(uses);
  }

  /** Returns why the call may not run, whatever the caller has agreed to; else null. */
  refusalOf({ name, limits }: ToolDeclaration, input: JsonValue): Refusal | null {
    const key = keyOf(name, input);
    if ([...this.atWork.values()].some((other) => other.key === key)) return REPEATED;
    const most = limits?.maxPerCall;
    return most !== undefined && this.usesOf(name) >= most ? atLimit(most) : null;
  }

  refuse(providerCallId: string, detail: string): void {
    this.model.session?.decideToolCall(providerCallId, detail);
  }

  /** Lets the provider run the call. Returns how it ends, `timed-out` when that is not known in time. */
  run(
    { name, deadlineMs, lateMs }: ToolDeclaration,
    providerCallId: string,
    input: JsonValue,
    onLate: OnLateOutcome,
  ): Promise<ToolOutcome> {
    const before = this.early.get(providerCallId);
    // Where the session that asked is gone, nothing has run: it had no answer.
    if (before) return Promise.resolve(before.status === 'timed-out' ? { status: 'cancelled' } : before);
    this.uses.set(name, this.usesOf(name) + 1);
    return new Promise((resolve) => {
      let tell = resolve as (outcome: ToolOutcome) => void;
      let timer: Timer;
      const over = (): void => void this.atWork.delete(providerCallId);
      const late = (): void => {
        resolve({ status: 'timed-out' });
        if (lateMs === 0) return over();
        // What is not known is no news.
        tell = (outcome) => outcome.status !== 'timed-out' && onLate(outcome);
        timer = this.context.clock.after(lateMs, over);
      };
      timer = this.context.clock.after(deadlineMs, late);
      const leave = (): void => {
        timer.cancel();
        over();
      };
      const settle = (outcome: ToolOutcome): void => {
        leave();
        tell(outcome);
      };
      this.atWork.set(providerCallId, { key: keyOf(name, input), settle, leave });
      this.model.session?.decideToolCall(providerCallId, null);
    });
  }

  /** The provider has run a call, or its session is gone. */
  ended(providerCallId: string, outcome: ToolOutcome): void {
    const call = this.atWork.get(providerCallId);
    if (call) return call.settle(outcome);
    const [oldest] = this.early.keys();
    if (this.early.size >= MAX_EARLY && oldest !== undefined) this.early.delete(oldest);
    this.early.set(providerCallId, outcome);
  }

  /** Tools cannot be called in this session of the model. */
  missing(names: readonly string[], why: MissingToolsReason): void {
    const { log, atMs } = this.context;
    log.append({ type: 'tools.unavailable', data: { names: [...names], why, atMs: atMs() } });
    this.model.session?.addNote(
      `You cannot use these tools now: ${names.join(', ')}. If the caller needs one of them, say honestly ` +
        'that this is not possible at the moment, and offer another way.',
    );
  }

  /** The call is over: what is still at work ends nobody knows how. */
  stop(): void {
    for (const call of [...this.atWork.values()]) call.settle({ status: 'timed-out' });
  }

  /** The call goes on in another session, which does not know either, and says so. */
  leave(): void {
    for (const call of [...this.atWork.values()]) call.leave();
  }

  private usesOf(name: string): number {
    return this.uses.get(name) ?? 0;
  }
}

const keyOf = (name: string, input: JsonValue): string => `${name} ${JSON.stringify(input)}`;
