import type { ItemId, ProviderError } from '@tandem/contracts';
import type {
  AudioFrame,
  Clock,
  ModelSessionChange,
  ModelSessionListener,
  ModelSessionSetup,
  SpeakRequest,
  VoiceModelSession,
} from '@tandem/conversation';
import { ResponseRetryPolicy, GO_ON } from './responses/response-retry.ts';
import { CallerReplay } from './caller/caller-replay.ts';
import { REPLAY_PATIENCE_MS, ReplayWait } from './caller/replay-wait.ts';
import { failure, NO_ANSWER } from '../provider-failures.ts';
import { ProviderSessionListener, type ProviderSessionListenerParts } from './provider-session-listener.ts';
import type { ProviderSessionEvents } from './provider-session-events.ts';
import { ProviderSession } from './providers/provider-session.ts';
import {
  healthOf,
  FallbackChain,
  type FallbackStep,
  type FallbackTarget,
} from './providers/fallback-chain.ts';
import { PendingResponses } from './responses/pending-responses.ts';
import { Renewal, type RenewalShares } from './providers/renewal.ts';
import { Successor } from './providers/successor.ts';
import { TimerSet } from './timer-set.ts';
import type { Gap } from './gap.ts';
import { CallerTurnStates } from './caller/caller-turn-states.ts';
import { Watchdog, type WatchdogLimits } from './providers/watchdog.ts';

export interface ResilientSessionOptions {
  readonly targets: readonly FallbackTarget[];
  readonly clock: Clock;
  readonly watchdog: WatchdogLimits;
  readonly renewal: RenewalShares;
}

const MAX_NOTES = 32;

/**
 * One model session for the whole of a call, whatever number of provider sessions that takes. Wiring only:
 * fallbacks, renewal, the watchdog, the replay of the caller's audio and pending responses have files of
 * their own.
 */
export class ResilientSession implements VoiceModelSession {
  private readonly fallbacks: FallbackChain;
  private readonly renewal: Renewal;
  private readonly watchdog: Watchdog;
  private readonly caller: CallerReplay;
  private readonly pending = new PendingResponses();
  private current: ProviderSession | null = null;
  private readonly successor: Successor;
  private lastUsed: ProviderSession | null = null;
  private gap: Gap | null = null;
  private changes: ModelSessionChange = {};
  private notes: string[] = [];
  private readonly turnStates = new CallerTurnStates();
  private readonly retryPolicy: ResponseRetryPolicy;
  private readonly replay: ReplayWait;
  private readonly timers: TimerSet;
  private readonly listenerParts: ProviderSessionListenerParts;
  private state: 'opening' | 'running' | 'finishing' | 'over' = 'opening';

  constructor(
    private readonly setup: ModelSessionSetup,
    private readonly listener: ModelSessionListener,
    private readonly options: ResilientSessionOptions,
  ) {
    const { clock } = options;
    this.timers = new TimerSet(clock);
    this.caller = new CallerReplay(setup.inputFormat);
    this.fallbacks = new FallbackChain(options.targets);
    this.renewal = new Renewal(clock, options.renewal, {
      isQuiescent: () => this.caller.isSettled && this.pending.isEmpty,
      prepare: (isForced) => this.successor.prepare(isForced),
    });
    this.successor = new Successor({
      renewal: this.renewal,
      open: () => this.openSuccessor(),
      onFault: (error) => listener.onFault(error),
    });
    this.watchdog = new Watchdog(clock, options.watchdog, this.pending, (silentSince) =>
      this.onSessionHung(silentSince),
    );
    const { pending, caller, turnStates, watchdog } = this;
    this.retryPolicy = new ResponseRetryPolicy({
      pending,
      caller,
      turnStates,
      fallbacks: this.fallbacks,
      isClosing: () => setup.isClosing?.() ?? false,
      onFault: (error, status) => listener.onFault(error, status),
      isUsed: (inner) => inner === this.current && !this.isOver,
      ask: (request) => this.ask(request),
      after: (delayMs, run) => this.timers.after(delayMs, run),
      leaveModel: (inner, error) => this.leaveModel(inner, error),
    });
    this.replay = new ReplayWait({
      caller,
      turnStates,
      listener,
      turnOwner: () => this.turnOwner,
      ask: (request) => this.ask(request),
    });
    this.listenerParts = { listener, pending, caller, turnStates, watchdog, events: this.providerEvents };
    this.apply(
      this.fallbacks.first(failure(options.targets[0]?.model.provider ?? 'voice', 'no-model-available')),
    );
  }

  get provider(): string {
    return (this.lastUsed ?? this.current)?.session.provider ?? this.fallbacks.target.model.provider;
  }

  get model(): string {
    return (this.lastUsed ?? this.current)?.session.model ?? '';
  }

  get voice(): string {
    return (this.lastUsed ?? this.current)?.session.voice ?? this.setup.voice;
  }

  pushAudio(frame: AudioFrame): void {
    this.caller.push(frame);
    if (this.current?.isReady) this.current.session.pushAudio(frame);
  }

  respond(request: SpeakRequest): void {
    if (this.state === 'over') return;
    this.successor.invalidate();
    if (!this.current?.isReady) return this.pending.deferred(request);
    this.replay.respond(request);
  }

  cancelResponse(): void {
    this.pending.cancelAll();
    this.replay.clear();
    if (this.current?.isReady) this.current.session.cancelResponse();
  }

  /** Items of an earlier session are text in the history of this one, so they cannot be truncated. */
  truncate(itemId: ItemId, heardMs: number): void {
    if (this.current?.hasSaid(itemId)) this.current.session.truncate(itemId, heardMs);
  }

  sendToolResult(providerCallId: string, output: string): void {
    this.successor.invalidate();
    this.current?.sendUnlessInHistory((session) => session.sendToolResult(providerCallId, output));
  }

  decideToolCall(providerCallId: string, refusal: string | null): void {
    this.current?.decideToolCall(providerCallId, refusal);
  }

  addNote(text: string): void {
    if (this.current) this.current.sendAlways((session) => session.addNote(text));
    else if (this.notes.length < MAX_NOTES) this.notes.push(text);
    this.successor.session?.sendAlways((session) => session.addNote(text));
  }

  addCallerText(text: string): void {
    this.successor.invalidate();
    this.current?.sendUnlessInHistory((session) => session.addCallerText(text));
  }

  change(change: ModelSessionChange): void {
    this.changes = { ...this.changes, ...change };
    this.current?.change(change);
    if (change.tools) this.current?.tellMissingTools(this.listener);
    this.successor.session?.change(change);
  }

  onIdle(): void {
    if (this.state === 'running') this.renewal.onIdle();
  }

  abandon(error: ProviderError): void {
    const { current } = this;
    if (!current?.isReady || this.isOver) return;
    this.listener.onFault(error);
    this.leaveModel(current, error);
  }

  finishInput(): void {
    if (this.state === 'over') return;
    this.state = 'finishing';
    this.successor.drop();
    this.stopWatching();
    if (this.current?.isReady) this.current.session.finishInput();
  }

  close(): void {
    if (this.state === 'over') return;
    this.end(null);
  }

  private readonly providerEvents: ProviderSessionEvents = {
    onSessionReady: (inner) => this.onSessionReady(inner),
    onSessionClosed: (inner, error) => this.onSessionClosed(inner, error),
    isUsed: (inner) => inner === this.current && inner.isReady,
    onActivity: () => this.successor.invalidate(),
    onTurnEnded: () => this.onTurnEnded(),
    onSettled: () => this.renewal.maybeRenew(),
    expectResponse: () => this.expectResponse(),
    classify: (inner, running, status) => this.retryPolicy.classify(inner, running, status),
    onResponseFailed: (inner, running, error, status) => {
      if (!this.isOver) this.retryPolicy.recover(inner, running, error, status);
    },
    onFault: (error) => this.retryPolicy.noteFault(error),
  };

  private onTurnEnded(): void {
    if (this.turnOwner === 'model' && this.state === 'running') {
      this.pending.expectReply();
      this.replay.clear();
      this.expectResponse();
    } else this.replay.onTurnEnded();
  }

  // Sessions come and go

  private get isOver(): boolean {
    return this.state === 'finishing' || this.state === 'over';
  }

  private apply(step: FallbackStep): void {
    if (step.kind === 'exhausted') return this.end(step.error);
    if (step.delayMs === 0) this.current = this.open(step.target);
    else this.timers.after(step.delayMs, () => (this.current = this.open(step.target)));
  }

  private open(target: FallbackTarget): ProviderSession {
    return new ProviderSession(
      target,
      { ...this.setup, ...target.settings, ...this.changes },
      (inner) => new ProviderSessionListener(inner, this.listenerParts),
    );
  }

  private onSessionReady(inner: ProviderSession): void {
    healthOf(inner.target).openSucceeded();
    if (inner === this.successor.session) return this.takeOver(inner);
    if (inner === this.current) this.startUsing(inner);
  }

  /** From now on the caller talks to this session. */
  private startUsing(inner: ProviderSession): void {
    const { gap, lastUsed } = this;
    this.lastUsed = inner;
    this.gap = null;
    inner.markReady();
    for (const note of this.notes.splice(0)) inner.session.addNote(note);
    this.renewal.schedule(inner.target.model.capabilities.maxSessionMs);
    if (this.state === 'opening') this.state = 'running';
    if (!lastUsed) {
      // The caller may have spoken while the session was opening.
      for (const frame of this.caller.replay()) inner.session.pushAudio(frame);
      this.listener.onReady();
      inner.tellMissingTools(this.listener);
      for (const request of this.pending.carryOver().requests) this.ask(request);
      return;
    }
    const gapMs = gap ? Math.round(this.options.clock.now() - gap.since) : 0;
    this.listener.onMoved({
      provider: inner.session.provider,
      model: inner.session.model,
      why: lastUsed.target !== inner.target ? 'ladder' : (gap?.why ?? 'renewal'),
      gapMs,
    });
    inner.tellMissingTools(this.listener);
    this.resumeConversation(inner);
  }

  /** Replays the caller's audio that the old session did not report, and asks for the pending responses. */
  private resumeConversation(inner: ProviderSession): void {
    const { requests, isCutOff } = this.pending.carryOver();
    if (isCutOff) inner.session.addNote(GO_ON);
    for (const frame of this.caller.replay()) inner.session.pushAudio(frame);
    for (const request of requests) this.respond(request);
    if (!this.caller.isAwaiting) return;
    this.timers.after(REPLAY_PATIENCE_MS, () => inner === this.current && this.replay.expire());
  }

  private ask(request: SpeakRequest): void {
    this.pending.sent(request);
    this.expectResponse();
    this.current?.session.respond(request);
  }

  private onSessionClosed(inner: ProviderSession, reason: ProviderError | null): void {
    const error = reason ?? failure(inner.session.provider, 'closed-early');
    if (inner === this.successor.session) return this.successor.failed(error);
    if (inner !== this.current) return;
    const isHang = error.code === NO_ANSWER;
    if (inner.isReady)
      return this.onSessionLost(inner, error, {
        since: this.options.clock.now() - (isHang ? this.caller.waitedMs : 0),
        why: isHang ? 'hang' : 'cut',
      });
    healthOf(inner.target).openFailed(error);
    this.current = null;
    this.failOver(error, () =>
      this.fallbacks.onOpenFailed(error, this.lastUsed ? 'running-call' : 'new-call'),
    );
  }

  private onSessionHung(silentSince: number): void {
    const inner = this.current;
    if (!inner?.isReady || this.isOver) return;
    const error = failure(inner.session.provider, NO_ANSWER);
    this.onSessionLost(inner, error, { since: silentSince, why: 'hang' });
    inner.session.close();
  }

  private onSessionLost(inner: ProviderSession, error: ProviderError, gap: Gap): void {
    if (gap.why === 'hang' || error.isPermanent) healthOf(inner.target).responseFailed(error);
    this.detach(gap);
    if (this.current === null) return this.failOver(error, () => this.fallbacks.onSessionLost(error));
    this.listener.onFault(error); // The successor is already opening.
  }

  /** Takes the session out of use and keeps its pending responses. A prepared successor takes its place. */
  private detach(gap: Gap): void {
    this.gap ??= gap;
    this.stopWatching();
    this.replay.clear();
    if (gap.why === 'ladder') this.successor.drop();
    const left = this.current;
    this.current = this.successor.release();
    this.cancelRunning(left);
  }

  /** There is no session: opens the next one of the fallback chain. */
  private failOver(error: ProviderError, next: () => FallbackStep): void {
    if (this.isOver) return this.end(error);
    const step = next();
    if (step.kind === 'open') this.listener.onFault(error);
    this.apply(step);
  }

  /** Tells the conversation that what was running in the session that is left ends there. */
  private cancelRunning(left: ProviderSession | null): void {
    const responseId = this.pending.onSessionLost();
    if (responseId !== null) this.listener.onResponseDone(responseId, 'cancelled', null);
    left?.loseHostedCalls(this.listener);
  }

  // Renewal

  private openSuccessor(): ProviderSession | null {
    if (this.isOver || !this.current?.isReady) return null;
    const { target } = this.current;
    return healthOf(target).allows('running-call') ? this.open(target) : null;
  }

  private takeOver(inner: ProviderSession): void {
    const old = this.current;
    this.stopWatching();
    this.current = this.successor.release();
    this.cancelRunning(old);
    old?.session.close();
    this.startUsing(inner);
  }

  // Responses that fail

  /** Goes on with the next fallback. The reason has been reported already. */
  private leaveModel(inner: ProviderSession, error: ProviderError): void {
    this.retryPolicy.reset();
    this.detach({ since: this.options.clock.now(), why: 'ladder' });
    this.apply(this.fallbacks.failOver(error, 'running-call'));
    inner.session.close();
  }

  private get turnOwner(): 'model' | 'session' {
    return this.changes.turnOwner ?? this.setup.turnOwner;
  }

  private expectResponse(): void {
    if (this.current?.target.canHang !== false && !this.isOver) this.watchdog.expectResponse();
  }

  private stopWatching(): void {
    this.watchdog.stop();
    this.renewal.stop();
    this.timers.cancelAll();
  }

  private end(error: ProviderError | null): void {
    this.state = 'over';
    this.stopWatching();
    this.successor.drop();
    const { current } = this;
    this.current = null;
    current?.session.close();
    this.options.clock.after(0, () => this.listener.onClosed(error));
  }
}
