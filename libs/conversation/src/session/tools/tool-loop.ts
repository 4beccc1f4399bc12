import {
  describeOutcome,
  MAX_ARGUMENTS_LENGTH,
  ProviderError,
  toToolCallId,
  type CallToolName,
  type JsonValue,
  type ToolCall,
  type ToolCallContext,
  type ResponseId,
  type ToolCallId,
  type ToolDeclaration,
  type ToolOutcome,
} from '@tandem/contracts';
import type { CallLog } from '../../ports/call-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ToolCaller } from '../../ports/tool-caller.ts';
import type { ModelToolCall, VoiceModelSession } from '../../ports/voice-model.ts';
import { offsetMs, type CallInfo } from '../call-info.ts';
import type { OpenToolCall } from '../history/takeover.ts';

/**
 * What a tool that changes the call itself answers. `needsReply` is asked when the response that called it is
 * done.
 */
export interface CallToolResult {
  readonly outcome: ToolOutcome;
  readonly needsReply: () => boolean;
}

/**
 * Tools with place `call`, by name: carried out by the session itself, at once or when the caller has done
 * their part.
 */
export type CallTools = Readonly<
  Record<CallToolName, (input: never, asked: ModelToolCall) => CallToolResult | Promise<CallToolResult>>
>;

export interface ToolLoopServices {
  readonly log: CallLog;
  readonly clock: Clock;
  /** What tools know of the call by now. */
  readonly context: () => ToolCallContext;
  /** Tool calls of the relays that held the call before. */
  readonly calledBefore: number;
  /** Lets the model go on, now that it has its results. */
  readonly reply: () => void;
  /** The first worker tool went to work, or the last one is done: the caller waits, or no longer. */
  readonly waiting: (isWaiting: boolean) => void;
  readonly finished: (name: string, outcome: ToolOutcome) => void;
}

/** A model that asks for more than this in one call is running wild. */
const MAX_CALLS_PER_CALL = 200;
/** So often it is told that it asks for too much; then it is given up. */
const MAX_REFUSED = 8;
const MAX_PENDING = 8;
/** Of arguments that cannot be read, so much is kept for the record, in characters. */
const MAX_KEPT_NONSENSE = 1_000;

/** An outcome is waited for at least so long, however long its tool has been at work already. */
const LEAST_WAIT_MS = 1_000;
/** The round of the calls an earlier owner of the call has made: one reply for all of them. */
const RESUMED = 'resumed' as ResponseId;

const TOO_MANY = { reason: 'too-many-tool-calls', detail: 'Too many tool calls. Go on without this one.' };

const always = (): boolean => true;

interface Pending {
  readonly toolCallId: ToolCallId;
  readonly name: string;
  readonly startedAt: number;
}

/**
 * From the model's wish to the model's answer: checks the arguments against the declaration, has the work
 * done, tells the model the outcome, and asks for the reply once all tool calls of a response are answered.
 */
export class ToolLoop {
  private declarations: ReadonlyMap<string, ToolDeclaration>;
  private readonly open = new Map<
    ResponseId,
    { pending: Set<ToolCallId>; isDone: boolean; replies: (() => boolean)[] }
  >();
  private readonly seen = new Set<ToolCallId>();
  private pendingCount = 0;
  private atWork = 0;
  private calls: number;
  private refused = 0;
  private isLimitTold = false;
  private isStopped = false;

  constructor(
    private readonly call: CallInfo,
    tools: readonly ToolDeclaration[],
    private readonly callTools: CallTools,
    private readonly caller: ToolCaller,
    private readonly model: () => VoiceModelSession,
    private readonly services: ToolLoopServices,
  ) {
    this.declarations = new Map(tools.map((tool) => [tool.name, tool]));
    this.calls = services.calledBefore;
  }

  /** The tools the model may call from now on. */
  setTools(tools: readonly ToolDeclaration[]): void {
    this.declarations = new Map(tools.map((tool) => [tool.name, tool]));
  }

  get isWaiting(): boolean {
    return this.pendingCount > 0;
  }

  asked(asked: ModelToolCall): void {
    const toolCallId = toToolCallId(this.call.callId, this.call.epoch, asked.providerCallId);
    if (this.isStopped || this.seen.has(toolCallId)) return;
    if (this.calls >= MAX_CALLS_PER_CALL) return this.refuse(asked);
    this.calls += 1;
    this.seen.add(toolCallId);
    const round = this.roundOf(asked.responseId);
    const pending: Pending = {
      toolCallId,
      name: asked.name.slice(0, 64),
      startedAt: this.services.clock.now(),
    };
    round.pending.add(toolCallId);
    this.pendingCount += 1;
    const checked = this.check(asked);
    this.services.log.append({
      type: 'tool.called',
      data: {
        toolCallId,
        providerCallId: asked.providerCallId,
        name: pending.name,
        arguments: checked.ok ? checked.value : asked.argumentsJson.slice(0, MAX_KEPT_NONSENSE),
        atMs: offsetMs(this.call, this.services.clock),
      },
    });
    if (!checked.ok) {
      this.answered(
        asked,
        pending,
        { status: 'refused', reason: checked.reason, detail: checked.detail },
        always,
      );
      return;
    }
    if (checked.tool.place === 'call') this.carryOut(asked, pending, checked.value);
    else
      this.work(
        asked,
        pending,
        checked.tool,
        this.caller.call(this.toolCall(toolCallId, checked.tool, checked.value, checked.tool.deadlineMs)),
      );
  }

  private carryOut(asked: ModelToolCall, pending: Pending, input: JsonValue): void {
    // A declaration from elsewhere may name what this version does not carry out.
    const onCall = Object.hasOwn(this.callTools, asked.name)
      ? this.callTools[asked.name as CallToolName]
      : undefined;
    const answer = onCall
      ? onCall(input as never, asked)
      : { outcome: this.unknownTool(), needsReply: always };
    if (answer instanceof Promise)
      void answer.then(({ outcome, needsReply }) => this.answered(asked, pending, outcome, needsReply));
    else this.answered(asked, pending, answer.outcome, answer.needsReply);
  }

  /** Beyond the limit nothing is kept of a call: the model is told, and given up when it does not heed it. */
  private refuse(asked: ModelToolCall): void {
    const { log, clock } = this.services;
    const model = this.model();
    if (!this.isLimitTold)
      log.append({
        type: 'tool-limit.reached',
        data: { limit: MAX_CALLS_PER_CALL, atMs: offsetMs(this.call, clock) },
      });
    this.isLimitTold = true;
    this.refused += 1;
    if (this.refused > MAX_REFUSED) {
      this.refused = 0;
      return model.abandon(
        new ProviderError('The model goes on calling tools that are refused.', {
          provider: model.provider,
          code: TOO_MANY.reason,
          category: 'server',
        }),
      );
    }
    model.sendToolResult(asked.providerCallId, describeOutcome({ status: 'refused', ...TOO_MANY }));
    this.roundOf(asked.responseId).replies.push(always);
  }

  /**
   * Waits for the outcomes of calls an earlier owner has made. The model knows of them from its history;
   * nothing is called again.
   */
  resume(calls: readonly OpenToolCall[]): void {
    const round = this.roundOf(RESUMED);
    for (const { toolCallId, providerCallId, name, calledAtMs, ...called } of calls) {
      const ranMs = Math.max(0, offsetMs(this.call, this.services.clock) - calledAtMs);
      const pending: Pending = { toolCallId, name, startedAt: this.services.clock.now() - ranMs };
      const asked: ModelToolCall = { providerCallId, responseId: RESUMED, name, argumentsJson: '' };
      this.seen.add(toolCallId);
      round.pending.add(toolCallId);
      this.pendingCount += 1;
      const tool = this.declarations.get(name);
      // What changes the call itself is done by the session that was asked, or not at all.
      if (tool?.place !== 'worker') this.answered(asked, pending, { status: 'cancelled' }, always);
      else
        this.work(
          asked,
          pending,
          tool,
          this.caller.resume(
            this.toolCall(
              toolCallId,
              tool,
              called.arguments,
              Math.max(LEAST_WAIT_MS, tool.deadlineMs - ranMs),
            ),
          ),
        );
    }
    this.responseDone(RESUMED);
  }

  /**
   * `isCutOff`: the response did not come to its end, so the agent has more to say than its results ask for.
   */
  responseDone(responseId: ResponseId, isCutOff = false): void {
    const round = this.open.get(responseId);
    if (!round) return;
    round.isDone = true;
    if (isCutOff) round.replies.push(always);
    this.replyWhenComplete(responseId);
  }

  /** No tool result reaches the model any more; what may be stopped is stopped. */
  stop(): void {
    this.isStopped = true;
    this.caller.cancelAll(this.call.callId);
  }

  /** The call goes on elsewhere: what is at work goes on, and is waited for there. */
  leave(): void {
    this.isStopped = true;
  }

  private toolCall(
    toolCallId: ToolCallId,
    tool: ToolDeclaration,
    input: JsonValue,
    deadlineMs: number,
  ): ToolCall {
    const { callId, tenantId } = this.call;
    return {
      toolCallId,
      callId,
      tenantId,
      name: tool.name,
      arguments: input,
      context: this.services.context(),
      deadlineMs,
    };
  }

  private work(
    asked: ModelToolCall,
    pending: Pending,
    tool: ToolDeclaration,
    outcome: Promise<ToolOutcome>,
  ): void {
    this.atWork += 1;
    if (this.atWork === 1) this.services.waiting(true);
    void outcome.then((ended) => {
      this.atWork -= 1;
      if (this.atWork === 0) this.services.waiting(false);
      this.answered(asked, pending, ended, always, tool);
    });
  }

  private unknownTool(): Extract<ToolOutcome, { status: 'refused' }> {
    const known = [...this.declarations.keys()].join(', ') || 'none';
    return {
      status: 'refused',
      reason: 'unknown-tool',
      detail: `There is no tool of this name. Tools: ${known}.`,
    };
  }

  private check(
    asked: ModelToolCall,
  ): { ok: true; tool: ToolDeclaration; value: JsonValue } | { ok: false; reason: string; detail: string } {
    const tool = this.declarations.get(asked.name);
    if (!tool) return { ok: false, ...this.unknownTool() };
    if (this.pendingCount > MAX_PENDING) return { ok: false, ...TOO_MANY };
    if (asked.argumentsJson.length > MAX_ARGUMENTS_LENGTH) {
      return {
        ok: false,
        reason: 'bad-arguments',
        detail: 'The arguments are too long. Call again with less.',
      };
    }
    let input: unknown;
    try {
      input = JSON.parse(asked.argumentsJson || '{}');
    } catch {
      return {
        ok: false,
        reason: 'bad-arguments',
        detail: 'The arguments are not valid JSON. Call again with a JSON object.',
      };
    }
    const parsed = tool.parse(input);
    if (!parsed.ok)
      return {
        ok: false,
        reason: 'bad-arguments',
        detail: `Wrong arguments: ${parsed.problem}. Call again with these corrected.`,
      };
    return { ok: true, tool, value: parsed.value as JsonValue };
  }

  private answered(
    asked: ModelToolCall,
    pending: Pending,
    outcome: ToolOutcome,
    needsReply: () => boolean,
    tool?: ToolDeclaration,
  ): void {
    const { log, clock } = this.services;
    const tookMs = Math.round(clock.now() - pending.startedAt);
    this.pendingCount -= 1;
    log.append({
      type: 'tool.finished',
      data: {
        toolCallId: pending.toolCallId,
        providerCallId: asked.providerCallId,
        name: pending.name,
        outcome,
        tookMs,
        atMs: offsetMs(this.call, clock),
      },
    });
    log.append({ type: 'latency.measured', data: { kind: 'tool', ms: tookMs } });
    const round = this.open.get(asked.responseId);
    if (this.isStopped || !round) return;
    this.services.finished(pending.name, outcome);
    this.model().sendToolResult(asked.providerCallId, describeOutcome(outcome, tool));
    round.pending.delete(pending.toolCallId);
    round.replies.push(needsReply);
    this.replyWhenComplete(asked.responseId);
  }

  private roundOf(responseId: ResponseId) {
    let round = this.open.get(responseId);
    if (!round) this.open.set(responseId, (round = { pending: new Set(), isDone: false, replies: [] }));
    return round;
  }

  private replyWhenComplete(responseId: ResponseId): void {
    const round = this.open.get(responseId);
    if (!round?.isDone || round.pending.size > 0) return;
    this.open.delete(responseId);
    if (round.replies.some((isNeeded) => isNeeded())) this.services.reply();
  }
}
