import type { ItemId, ProviderError } from '@tandem/contracts';
import type {
  AudioFrame,
  Clock,
  ModelMove,
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
import {
  ProviderSessionListener,
  type ProviderSessionEvents,
  type ProviderSessionListenerParts,
} from './provider-session-listener.ts';
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
import { CallerTurnStates } from './caller/caller-turn-states.ts';
import { Watchdog, type WatchdogLimits } from './providers/watchdog.ts';

export interface ResilientSessionOptions {
  readonly rungs: readonly FallbackTarget[];
  readonly clock: Clock;
  readonly watchdog: WatchdogLimits;
  readonly renewal: RenewalShares;
}

const MAX_NOTES = 32;

/** Since when there is no session to talk to, and why. */
interface Gap {
  readonly since: number;
  readonly why: ModelMove['why'];
}

/**
 * One model session for the whole of a call, made of as many as it takes. Wiring only: where the ladder
 * stands, when a session is renewed, whether one hangs, what the caller said and what they are owed each have
 * their own file.
 */
export class ResilientSession implements VoiceModelSession {
  private readonly ladder: FallbackChain;
  private readonly renewal: Renewal;
  private readonly watchdog: Watchdog;
  private readonly caller: CallerReplay;
  private readonly owed = new PendingResponses();
  private current: ProviderSession | null = null;
  private readonly successor: Successor;
  private lastUsed: ProviderSession | null = null;
  private gap: Gap | null = null;
  private changes: ModelSessionChange = {};
  private notes: string[] = [];
  private readonly words = new CallerTurnStates();
  private readonly answers: ResponseRetryPolicy;
  private readonly replay: ReplayWait;
  private readonly timers: TimerSet;
  private readonly innerParts: ProviderSessionListenerParts;
  private state: 'opening' | 'running' | 'finishing' | 'over' = 'opening';

  constructor(
    private readonly setup: ModelSessionSetup,
    private readonly listener: ModelSessionListener,
    private readonly options: ResilientSessionOptions,
  ) {
    const { clock } = options;
    this.timers = new TimerSet(clock);
    this.caller = new CallerReplay(setup.inputFormat);
    this.ladder = new FallbackChain(options.rungs);
    this.renewal = new Renewal(clock, options.renewal, {
      isQuiescent: () => this.caller.isSettled && this.owed.isEmpty,
      begin: (isForced) => this.successor.prepare(isForced),
    });
    this.successor = new Successor({
      renewal: this.renewal,
      open: () => this.openSuccessor(),
      onFault: (error) => listener.onFault(error),
    });
    this.watchdog = new Watchdog(clock, options.watchdog, this.owed, (silentSince) =>
      this.onSessionHung(silentSince),
    );
    const { owed, caller, words, watchdog } = this;
    this.answers = new ResponseRetryPolicy({
      owed,
      caller,
      words,
      ladder: this.ladder,
      isClosing: () => setup.isClosing?.() ?? false,
      fault: (error, status) => listener.onFault(error, status),
      isUsed: (inner) => inner === this.current && !this.isOver,
      ask: (request) => this.ask(request),
      later: (delayMs, run) => this.timers.after(delayMs, run),
      leave: (inner, error) => this.leave(inner, error),
    });
    this.replay = new ReplayWait({
      caller,
      words,
      listener,
      turnOwner: () => this.turnOwner,
      ask: (request) => this.ask(request),
    });
    this.innerParts = { listener, owed, caller, words, watchdog, events: this.fromInner };
    this.apply(this.ladder.first(failure(options.rungs[0]?.model.provider ?? 'voice', 'no-model-available')));
  }

  get provider(): string {
    return (this.lastUsed ?? this.current)?.session.provider ?? this.ladder.target.model.provider;
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
    if (!this.current?.isReady) return this.owed.deferred(request);
    this.replay.respond(request);
  }

  cancelResponse(): void {
    this.owed.cancelled();
    this.replay.clear();
    if (this.current?.isReady) this.current.session.cancelResponse();
  }

  /** Items of an earlier session are text in this one's history: nothing of them can be cut. */
  truncate(itemId: ItemId, heardMs: number): void {
    if (this.current?.hasSaid(itemId)) this.current.session.truncate(itemId, heardMs);
  }

  sendToolResult(providerCallId: string, output: string): void {
    this.successor.invalidate();
    this.current?.sendUnlessInHistory((session) => session.sendToolResult(providerCallId, output));
  }

  addNote(text: string): void {
    if (this.current) this.current.sendAlways((session) => session.addNote(text));
    else if (this.notes.length < MAX_NOTES) this.notes.push(text);
    this.successor.session?.sendAlways((session) => session.addNote(text));
  }

  change(change: ModelSessionChange): void {
    this.changes = { ...this.changes, ...change };
    this.current?.change(change);
    this.successor.session?.change(change);
  }

  onIdle(): void {
    if (this.state === 'running') this.renewal.paused();
  }

  abandon(error: ProviderError): void {
    const { current } = this;
    if (!current?.isReady || this.isOver) return;
    this.listener.onFault(error);
    this.leave(current, error);
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

  private readonly fromInner: ProviderSessionEvents = {
    ready: (inner) => this.ready(inner),
    closed: (inner, error) => this.closed(inner, error),
    isUsed: (inner) => inner === this.current && inner.isReady,
    disturbed: () => this.successor.invalidate(),
    turnEnded: () => this.turnEnded(),
    settled: () => this.renewal.maybeRenew(),
    expect: () => this.expect(),
    judge: (inner, running, status) => this.answers.classify(inner, running, status),
    responseFailed: (inner, running, error, status) => {
      if (!this.isOver) this.answers.failed(inner, running, error, status);
    },
    fault: (error) => this.answers.fault(error),
  };

  private turnEnded(): void {
    if (this.turnOwner === 'model' && this.state === 'running') {
      this.owed.replyDue();
      this.replay.clear();
      this.expect();
    } else this.replay.onTurnEnded();
  }

  // Sessions come and go

  private get isOver(): boolean {
    return this.state === 'finishing' || this.state === 'over';
  }

  private apply(step: FallbackStep): void {
    if (step.kind === 'exhausted') return this.end(step.error);
    if (step.delayMs === 0) this.current = this.open(step.rung);
    else this.timers.after(step.delayMs, () => (this.current = this.open(step.rung)));
  }

  private open(rung: FallbackTarget): ProviderSession {
    return new ProviderSession(
      rung,
      { ...this.setup, ...rung.settings, ...this.changes },
      (inner) => new ProviderSessionListener(inner, this.innerParts),
    );
  }

  private ready(inner: ProviderSession): void {
    healthOf(inner.rung).openSucceeded();
    if (inner === this.successor.session) return this.takeOver(inner);
    if (inner === this.current) this.begin(inner);
  }

  /** The session just opened is the one the caller talks to. */
  private begin(inner: ProviderSession): void {
    const { gap, lastUsed } = this;
    this.lastUsed = inner;
    this.gap = null;
    inner.markReady();
    for (const note of this.notes.splice(0)) inner.session.addNote(note);
    this.renewal.opened(inner.rung.model.capabilities.maxSessionMs);
    if (this.state === 'opening') this.state = 'running';
    if (!lastUsed) {
      // Said while it was being opened.
      for (const frame of this.caller.replay()) inner.session.pushAudio(frame);
      this.listener.onReady();
      for (const request of this.owed.carryOver().requests) this.ask(request);
      return;
    }
    const gapMs = gap ? Math.round(this.options.clock.now() - gap.since) : 0;
    this.listener.onMoved({
      provider: inner.session.provider,
      model: inner.session.model,
      why: lastUsed.rung !== inner.rung ? 'ladder' : (gap?.why ?? 'renewal'),
      gapMs,
    });
    this.goOn(inner);
  }

  /**
   * Lets the new session hear what the caller said and the old one did not tell, and asks it for what is
   * owed.
   */
  private goOn(inner: ProviderSession): void {
    const { requests, isCutOff } = this.owed.carryOver();
    if (isCutOff) inner.session.addNote(GO_ON);
    for (const frame of this.caller.replay()) inner.session.pushAudio(frame);
    for (const request of requests) this.respond(request);
    if (!this.caller.isAwaiting) return;
    this.timers.after(REPLAY_PATIENCE_MS, () => inner === this.current && this.replay.expire());
  }

  private ask(request: SpeakRequest): void {
    this.owed.sent(request);
    this.expect();
    this.current?.session.respond(request);
  }

  private closed(inner: ProviderSession, reason: ProviderError | null): void {
    const error = reason ?? failure(inner.session.provider, 'closed-early');
    if (inner === this.successor.session) return this.successor.failed(error);
    if (inner !== this.current) return;
    const isHang = error.code === NO_ANSWER;
    if (inner.isReady)
      return this.onSessionLost(inner, error, {
        since: this.options.clock.now() - (isHang ? this.caller.waitedMs : 0),
        why: isHang ? 'hang' : 'cut',
      });
    healthOf(inner.rung).openFailed(error);
    this.current = null;
    this.failOver(error, () => this.ladder.failed(error, this.lastUsed ? 'running-call' : 'new-call'));
  }

  private onSessionHung(silentSince: number): void {
    const inner = this.current;
    if (!inner?.isReady || this.isOver) return;
    const error = failure(inner.session.provider, NO_ANSWER);
    this.onSessionLost(inner, error, { since: silentSince, why: 'hang' });
    inner.session.close();
  }

  private onSessionLost(inner: ProviderSession, error: ProviderError, gap: Gap): void {
    if (gap.why === 'hang' || error.isPermanent) healthOf(inner.rung).responseFailed(error);
    this.detach(gap);
    if (this.current === null) return this.failOver(error, () => this.ladder.lost(error));
    this.listener.onFault(error); // Its successor is on its way already.
  }

  /** Nobody talks to this session any more; what it owed is kept. One made for a renewal takes its place. */
  private detach(gap: Gap): void {
    this.gap ??= gap;
    this.stopWatching();
    this.replay.clear();
    if (gap.why === 'ladder') this.successor.drop();
    this.current = this.successor.release();
    this.settleRunning();
  }

  /** There is no session: the ladder says which is next. */
  private failOver(error: ProviderError, next: () => FallbackStep): void {
    if (this.isOver) return this.end(error);
    const step = next();
    if (step.kind === 'open') this.listener.onFault(error);
    this.apply(step);
  }

  /** A response that ran is over, for the conversation. */
  private settleRunning(): void {
    const responseId = this.owed.lost();
    if (responseId !== null) this.listener.onResponseDone(responseId, 'cancelled', null);
  }

  // Renewal

  private openSuccessor(): ProviderSession | null {
    if (this.isOver || !this.current?.isReady) return null;
    const { rung } = this.current;
    return healthOf(rung).allows('running-call') ? this.open(rung) : null;
  }

  private takeOver(inner: ProviderSession): void {
    const old = this.current;
    this.stopWatching();
    this.current = this.successor.release();
    this.settleRunning();
    old?.session.close();
    this.begin(inner);
  }

  // Responses that fail

  /** Why is on record already. */
  private leave(inner: ProviderSession, error: ProviderError): void {
    this.answers.forget();
    this.detach({ since: this.options.clock.now(), why: 'ladder' });
    this.apply(this.ladder.failOver(error, 'running-call'));
    inner.session.close();
  }

  private get turnOwner(): 'model' | 'session' {
    return this.changes.turnOwner ?? this.setup.turnOwner;
  }

  private expect(): void {
    if (this.current?.rung.canHang !== false && !this.isOver) this.watchdog.expect();
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
