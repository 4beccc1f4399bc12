import {
  describeOutcome,
  ProviderError,
  toToolCallId,
  type JsonValue,
  type ToolCall,
  type ToolCallContext,
  type ResponseId,
  type ToolCallId,
  type ToolDeclaration,
  type ToolOutcome,
} from '@tandem/contracts';
import type { OnLateOutcome, ToolDispatcher } from '../../ports/tool-dispatcher.ts';
import type { ModelToolCall } from '../../ports/model-session-listener.ts';
import type { CallContext } from '../call-context.ts';
import type { OpenToolCall } from '../history/takeover.ts';
import type { ModelSlot } from '../model-slot.ts';
import type { CallToolResult } from './call-tools.ts';
import { needsAnswer, type Confirmations } from './confirmations.ts';
import { HostedCalls } from './hosted-calls.ts';
import { checkArguments, unknownTool, type Refusal } from './tool-arguments.ts';
import { ToolRounds } from './tool-rounds.ts';

export interface ToolLoopSetup {
  readonly declarations: readonly ToolDeclaration[];
  /** Carries out a tool with place `call`; null when the session has no implementation of it. */
  readonly carryOut: (
    asked: ModelToolCall,
    input: JsonValue,
  ) => CallToolResult | Promise<CallToolResult> | null;
  /** Holds calls that cannot be undone until the caller has agreed. */
  readonly confirmations: Confirmations;
  /** Returns what tools know of the call by now. */
  readonly toolContext: () => ToolCallContext;
  /** Tool calls made by earlier sessions of the call. */
  readonly calledBefore: number;
  /** Tool calls of earlier sessions that were not refused, by tool. */
  readonly usedBefore: ReadonlyMap<string, number>;
}

/** A model that calls more tools than this in one call is out of control. */
const MAX_CALLS_PER_CALL = 200;
/** The model is refused this many calls beyond the limit, then given up. */
const MAX_REFUSED = 8;
const MAX_PENDING = 8;
/** Invalid arguments are logged up to this many characters. */
const MAX_LOGGED_ARGUMENTS = 1_000;

/** The shortest wait for a resumed tool, however long it has been running. */
const LEAST_WAIT_MS = 1_000;
/** The round of resumed tool calls: one reply for all of them. */
const RESUMED = 'resumed' as ResponseId;

const TOO_MANY = { reason: 'too-many-tool-calls', detail: 'Too many tool calls. Go on without this one.' };

const always = (): boolean => true;

interface PendingToolCall {
  readonly toolCallId: ToolCallId;
  readonly name: string;
  readonly startedAt: number;
}

/** The work of one call, and of the same calls that joined it. */
interface RunningCall {
  readonly outcome: Promise<ToolOutcome>;
  /** Each stores the outcome that came late. */
  readonly recordLate: OnLateOutcome[];
}

/**
 * Carries out the model's tool calls: checks the arguments against the declaration, has the work done, sends
 * the outcome to the model, and requests the reply once all tool calls of a response have their outcome.
 */
export class ToolLoop {
  private declarations: ReadonlyMap<string, ToolDeclaration>;
  private readonly rounds: ToolRounds;
  /** The calls that the model's provider runs. */
  readonly hosted: HostedCalls;
  private readonly seen = new Set<ToolCallId>();
  /** The calls at work, by tool and arguments. */
  private readonly running = new Map<string, RunningCall>();
  private pendingCount = 0;
  private atWork = 0;
  private calls: number;
  private refused = 0;
  private isLimitLogged = false;
  private isStopped = false;

  constructor(
    private readonly context: CallContext,
    private readonly model: ModelSlot,
    private readonly caller: ToolDispatcher,
    private readonly setup: ToolLoopSetup,
  ) {
    this.declarations = byName(setup.declarations);
    this.calls = setup.calledBefore;
    this.hosted = new HostedCalls(context, model, setup.usedBefore);
    this.rounds = new ToolRounds(() => {
      setup.confirmations.replyDue();
      context.signal({ kind: 'speech-due', request: { kind: 'reply' } });
    });
  }

  /** The tools the model may call from now on. */
  setTools(tools: readonly ToolDeclaration[]): void {
    this.declarations = byName(tools);
  }

  get isWaiting(): boolean {
    return this.pendingCount > 0;
  }

  call(asked: ModelToolCall): void {
    const { log, clock, atMs, call } = this.context;
    const toolCallId = toToolCallId(call.callId, call.epoch, asked.providerCallId);
    if (this.isStopped || this.seen.has(toolCallId)) return;
    if (this.calls >= MAX_CALLS_PER_CALL) return this.refuse(asked);
    this.calls += 1;
    this.seen.add(toolCallId);
    const pending: PendingToolCall = { toolCallId, name: asked.name.slice(0, 64), startedAt: clock.now() };
    this.rounds.of(asked.responseId).pending.add(toolCallId);
    this.pendingCount += 1;
    const checked = this.check(asked);
    log.append({
      type: 'tool.called',
      data: {
        toolCallId,
        providerCallId: asked.providerCallId,
        name: pending.name,
        arguments: checked.ok ? checked.value : asked.argumentsJson.slice(0, MAX_LOGGED_ARGUMENTS),
        atMs: atMs(),
      },
    });
    if (!checked.ok) return this.turnDown(asked, pending, checked);
    const refusal = asked.isHosted ? this.hosted.refusalOf(checked.tool, checked.value) : null;
    if (refusal) return this.turnDown(asked, pending, refusal);
    const verdict = this.setup.confirmations.judge(checked.tool, checked.value);
    const follow = (said: 'go' | Refusal) =>
      said === 'go'
        ? this.begin(asked, pending, checked.tool, checked.value)
        : this.turnDown(asked, pending, said);
    if (verdict instanceof Promise) void verdict.then(follow);
    else follow(verdict);
  }

  private begin(
    asked: ModelToolCall,
    pending: PendingToolCall,
    tool: ToolDeclaration,
    input: JsonValue,
  ): void {
    if (this.isStopped) return this.finish(asked, pending, { status: 'cancelled' }, always);
    if (tool.place === 'call') return this.carryOut(asked, pending, input);
    if (tool.place === 'provider') return this.host(asked, pending, tool, input);
    const call = this.toolCall(pending.toolCallId, tool, input, tool.deadlineMs);
    const outcome = this.join(asked, pending, input, (onLate) => this.caller.call(call, onLate));
    this.awaitOutcome(asked, pending, tool, outcome);
  }

  /** Has the provider run the call. */
  private host(asked: ModelToolCall, pending: PendingToolCall, tool: ToolDeclaration, input: JsonValue) {
    const onLate: OnLateOutcome = (outcome) => {
      if (!this.isStopped) this.tellLate(pending.name, [this.recorderOf(asked, pending)], outcome);
    };
    const outcome = this.hosted.run(tool, asked.providerCallId, input, onLate);
    this.awaitOutcome(asked, pending, tool, outcome);
  }

  private turnDown(asked: ModelToolCall, pending: PendingToolCall, { reason, detail }: Refusal): void {
    if (asked.isHosted) this.hosted.refuse(asked.providerCallId, detail);
    this.finish(asked, pending, { status: 'refused', reason, detail }, always);
  }

  private carryOut(asked: ModelToolCall, pending: PendingToolCall, input: JsonValue): void {
    // media-relay checks at start that every call tool has an implementation; an unknown one is refused here.
    const answer = this.setup.carryOut(asked, input);
    if (!answer) return this.turnDown(asked, pending, unknownTool(this.declarations.keys()));
    if (answer instanceof Promise)
      void answer.then(({ outcome, needsReply }) => this.finish(asked, pending, outcome, needsReply));
    else this.finish(asked, pending, answer.outcome, answer.needsReply);
  }

  /** Refuses a call beyond the limit. A model that goes on after several refusals is given up. */
  private refuse(asked: ModelToolCall): void {
    const model = this.model.session;
    if (!model) return;
    const { log, atMs } = this.context;
    if (!this.isLimitLogged)
      log.append({ type: 'tool-limit.reached', data: { limit: MAX_CALLS_PER_CALL, atMs: atMs() } });
    this.isLimitLogged = true;
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
    if (asked.isHosted) this.hosted.refuse(asked.providerCallId, TOO_MANY.detail);
    else model.sendToolResult(asked.providerCallId, describeOutcome({ status: 'refused', ...TOO_MANY }));
    this.rounds.of(asked.responseId).replies.push(always);
  }

  /**
   * Waits for the outcomes of calls made by earlier sessions; the model knows these calls from its history.
   */
  resume(calls: readonly OpenToolCall[]): void {
    const { pending: resumed } = this.rounds.of(RESUMED);
    for (const called of calls) {
      const { toolCallId } = called;
      const { asked, pending, tool, ranMs } = this.takeUp(called);
      resumed.add(toolCallId);
      this.pendingCount += 1;
      // A call tool is carried out by the session it was called in, or not at all.
      if (tool?.place === 'provider') this.finish(asked, pending, { status: 'timed-out' }, always, tool);
      else if (tool?.place !== 'worker') this.finish(asked, pending, { status: 'cancelled' }, always);
      else {
        const leftMs = Math.max(LEAST_WAIT_MS, tool.deadlineMs - ranMs);
        const call = this.toolCall(toolCallId, tool, called.arguments, leftMs);
        // One that was still waiting for the caller's answer must not begin here.
        const take = (onLate: OnLateOutcome) =>
          needsAnswer(tool, call.arguments) ? this.caller.awaitLate(call) : this.caller.resume(call, onLate);
        this.awaitOutcome(asked, pending, tool, this.join(asked, pending, call.arguments, take));
      }
    }
    this.responseDone(RESUMED);
  }

  /** Waits for what comes of calls that timed out in earlier sessions, as long as their work may go on. */
  resumeLate(calls: readonly OpenToolCall[]): void {
    // The same calls that had joined have one job: the first one's.
    const joined = new Map<string, RunningCall>();
    for (const called of calls) {
      const { asked, pending, tool, ranMs } = this.takeUp(called);
      const leftMs = tool ? tool.deadlineMs + tool.lateMs - ranMs : 0;
      // What a provider still runs for a session that is gone is told to nobody.
      if (tool?.place !== 'worker' || !tool.lateMs || leftMs <= 0) continue;
      const { toolCallId, arguments: input } = called;
      const call = this.toolCall(toolCallId, tool, input, Math.max(LEAST_WAIT_MS, leftMs));
      void this.join(asked, pending, input, (onLate) => this.awaitLate(call, onLate), joined);
    }
  }

  private async awaitLate(call: ToolCall, onLate: OnLateOutcome): Promise<ToolOutcome> {
    const outcome = await this.caller.awaitLate(call);
    if (outcome.status !== 'timed-out') onLate(outcome);
    return outcome;
  }

  /** Takes up a call of an earlier session. */
  private takeUp({ toolCallId, providerCallId, name, calledAtMs }: OpenToolCall) {
    const { clock, atMs } = this.context;
    const ranMs = Math.max(0, atMs() - calledAtMs);
    const pending: PendingToolCall = { toolCallId, name, startedAt: clock.now() - ranMs };
    const asked: ModelToolCall = { providerCallId, responseId: RESUMED, name, argumentsJson: '' };
    this.seen.add(toolCallId);
    return { asked, pending, tool: this.declarations.get(name), ranMs };
  }

  /** @param isCutOff the response did not come to its end, so the agent must speak on in any case */
  responseDone(responseId: ResponseId, isCutOff = false): void {
    this.rounds.done(responseId, isCutOff ? [always] : []);
  }

  /** Stops passing on outcomes, and cancels the tools that can be cancelled. */
  stop(): void {
    this.isStopped = true;
    this.hosted.stop();
    this.caller.cancelAll(this.context.call.callId);
  }

  /** Stops passing on outcomes; the tools keep running, and the next session waits for them. */
  leave(): void {
    this.isStopped = true;
    this.hosted.leave();
  }

  /**
   * Returns the outcome of the same call if it is at work: a model that asks twice gets one effect. A late
   * outcome is stored for each of them, and told once.
   */
  private join(
    asked: ModelToolCall,
    pending: PendingToolCall,
    input: JsonValue,
    begin: (onLate: OnLateOutcome) => Promise<ToolOutcome>,
    running = this.running,
  ): Promise<ToolOutcome> {
    const { name } = pending;
    const record = this.recorderOf(asked, pending);
    const key = `${name} ${JSON.stringify(input)}`;
    const same = running.get(key);
    if (same) {
      same.recordLate.push(record);
      return same.outcome;
    }
    const recordLate = [record];
    const outcome = begin((late) => {
      if (!this.isStopped) this.tellLate(name, recordLate, late);
    });
    running.set(key, { outcome, recordLate });
    void outcome.then(() => running.delete(key));
    return outcome;
  }

  private recorderOf(asked: ModelToolCall, pending: PendingToolCall): OnLateOutcome {
    return (outcome) =>
      this.context.log.append({ type: 'tool.finished-late', data: this.endOf(asked, pending, outcome) });
  }

  private tellLate(name: string, recorders: readonly OnLateOutcome[], outcome: ToolOutcome): void {
    for (const record of recorders) record(outcome);
    this.context.signal({ kind: 'tool-finished-late', name, outcome });
  }

  private toolCall(
    toolCallId: ToolCallId,
    tool: ToolDeclaration,
    input: JsonValue,
    deadlineMs: number,
  ): ToolCall {
    const { callId, tenantId } = this.context.call;
    const { name, lateMs, cancellable, http, mcp, web, limits } = tool;
    const context = this.setup.toolContext();
    const asked = { toolCallId, callId, tenantId, name, arguments: input, context, deadlineMs };
    return { ...asked, lateMs, cancellable, http, mcp, web, limits };
  }

  private awaitOutcome(
    asked: ModelToolCall,
    pending: PendingToolCall,
    tool: ToolDeclaration,
    outcome: Promise<ToolOutcome>,
  ): void {
    this.atWork += 1;
    if (this.atWork === 1) this.context.signal({ kind: 'tools-began' });
    void outcome.then((ended) => {
      this.atWork -= 1;
      if (this.atWork === 0) this.context.signal({ kind: 'tools-done' });
      this.finish(asked, pending, ended, always, tool);
    });
  }

  private check(
    asked: ModelToolCall,
  ): { readonly ok: true; readonly tool: ToolDeclaration; readonly value: JsonValue } | Refusal {
    const tool = this.declarations.get(asked.name);
    if (!tool || (tool.place === 'provider') !== (asked.isHosted ?? false))
      return unknownTool(this.declarations.keys());
    if (this.pendingCount > MAX_PENDING) return { ok: false, ...TOO_MANY };
    const checked = checkArguments(tool, asked.argumentsJson);
    return checked.ok ? { ...checked, tool } : checked;
  }

  private finish(
    asked: ModelToolCall,
    pending: PendingToolCall,
    outcome: ToolOutcome,
    needsReply: () => boolean,
    tool?: ToolDeclaration,
  ): void {
    const { log, signal } = this.context;
    const data = this.endOf(asked, pending, outcome);
    this.pendingCount -= 1;
    log.append({ type: 'tool.finished', data });
    log.append({ type: 'latency.measured', data: { kind: 'tool', ms: data.tookMs } });
    if (this.isStopped || !this.rounds.isOpen(asked.responseId)) return;
    if (tool?.confirm && outcome.status === 'refused' && outcome.confirms)
      this.setup.confirmations.ask(tool.name, outcome.confirms);
    signal({ kind: 'tool-finished', name: pending.name, outcome });
    this.model.session?.sendToolResult(asked.providerCallId, describeOutcome(outcome, tool));
    this.rounds.settled(asked.responseId, pending.toolCallId, needsReply);
  }

  /** Returns what is stored of the end of a call. */
  private endOf(
    { providerCallId }: ModelToolCall,
    { toolCallId, name, startedAt }: PendingToolCall,
    outcome: ToolOutcome,
  ) {
    const { clock, atMs } = this.context;
    const tookMs = Math.round(clock.now() - startedAt);
    return { toolCallId, providerCallId, name, outcome, tookMs, atMs: atMs() };
  }
}

function byName(tools: readonly ToolDeclaration[]): ReadonlyMap<string, ToolDeclaration> {
  return new Map(tools.map((tool) => [tool.name, tool]));
}
