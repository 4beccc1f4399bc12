import type { Termination, ToolDeclaration } from '@tandem/contracts';
import type { CallLog } from '../ports/call-log.ts';
import type { CallerStream, CallerStreamListener } from '../ports/caller-stream.ts';
import type { Clock } from '../ports/clock.ts';
import type { ToolCaller } from '../ports/tool-caller.ts';
import type { ModelSessionListener, ModelToolCall, VoiceModel, VoiceModelSession } from '../ports/voice-model.ts';
import { CallEnding } from './call-ending.ts';
import { CallHistory } from './call-history.ts';
import { offsetMs, type CallFacts } from './call-facts.ts';
import { DigitInput } from './digit-input.ts';
import { modelSetup } from './model-setup.ts';
import { Playout } from './playout.ts';
import { ToolLoop, type CallToolAnswer } from './tool-loop.ts';
import { Transcript } from './transcript.ts';
import { TurnTaking } from './turn-taking.ts';

export interface CallSessionParts {
  readonly call: CallFacts;
  readonly stream: CallerStream;
  readonly model: VoiceModel;
  readonly tools: readonly ToolDeclaration[];
  readonly toolCaller: ToolCaller;
  readonly log: CallLog;
  /** Of the relays that held the call before. */
  readonly history?: CallHistory;
  readonly clock: Clock;
}

/** Transcripts of the caller's last words are waited for this long after the call ended. */
const LAST_WORDS_MS = 1_500;
/** The ending must be on record before the carrier asks what to do next. */
const ENDING_FLUSH_MS = 1_000;
/** A response that failed is asked for once more; a second failure in a row ends the call in words. */
const MAX_FAILED_RESPONSES = 2;

/**
 * One call in one relay: joins a caller stream and a voice model. Wiring only; whatever needs state has its own file.
 */
export class CallSession {
  private readonly history: CallHistory;
  private readonly log: CallLog;
  private readonly transcript: Transcript;
  private readonly playout: Playout;
  private readonly turns: TurnTaking;
  private readonly tools: ToolLoop;
  private readonly ending: CallEnding;
  private readonly digits: DigitInput;
  private model: VoiceModelSession | null = null;
  private hasAgentSpoken = false;
  private failedResponses = 0;
  private readonly startedAt: number;
  private resolveEnded!: (termination: Termination) => void;
  /** Resolves when the call is over, everything known of it is logged, and model and stream are closed. */
  readonly ended = new Promise<Termination>((resolve) => (this.resolveEnded = resolve));

  constructor(private readonly parts: CallSessionParts) {
    const { call, stream, clock } = parts;
    this.history = parts.history ?? new CallHistory();
    const log = (this.log = remembering(parts.log, this.history));
    const model = () => this.model as VoiceModelSession;
    this.startedAt = clock.now();
    this.transcript = new Transcript(call, log, clock);
    this.playout = new Playout(stream, () => offsetMs(call, clock), {
      itemFinished: (item) => this.transcript.agentHeard(item),
      responseStarted: () => this.agentStarted(),
      idle: () => this.playoutIdle(),
    });
    this.turns = new TurnTaking(model, this.playout, log, clock, { quiet: () => this.ending.quiet() });
    this.ending = new CallEnding(call, log, clock, (termination) => void this.finish(termination));
    this.digits = new DigitInput(clock, (digits) => {
      this.model?.addNote(`The caller pressed on the keypad: ${digits}`);
      this.turns.speak({ kind: 'reply' });
    });
    const callTools = { end_call: (_input: never, asked: ModelToolCall) => this.endCall(asked) };
    this.tools = new ToolLoop(call, parts.tools, callTools, parts.toolCaller, model, { log, clock, reply: () => this.turns.speak({ kind: 'reply' }) });
  }

  /** Opens the model and listens to the caller. */
  start(): void {
    const { call, stream, model, tools } = this.parts;
    stream.attach(this.fromCaller);
    const setup = modelSetup(call, tools, stream.format, model.capabilities, () => this.history.items());
    if (setup) this.model = model.open(setup, this.fromModel);
    else this.ending.end('model-unavailable');
  }

  /** Ends the call from outside: shutdown, an operator. */
  end(reason: 'relay-shutdown' | 'operator-ended' | 'internal-error'): void {
    this.ending.end(reason);
  }

  private readonly fromCaller: CallerStreamListener = {
    onAudio: (frame) => this.model?.pushAudio(frame),
    onHeard: (heard) => this.playout.heard(heard),
    onDigit: (digit) => this.digit(digit),
    onClosed: (reason) => {
      this.ending.end(reason === 'caller-hangup' ? 'caller-hangup' : reason === 'media-errors' ? 'media-errors' : 'stream-lost');
    },
  };

  private readonly fromModel: ModelSessionListener = {
    onAudio: (frame, itemId, responseId) => this.playout.audio(frame, itemId, responseId),
    onAgentText: (itemId, delta) => this.transcript.agentSaid(itemId, delta),
    onItemDone: (itemId) => this.playout.itemWritten(itemId),
    onCallerSpeechStarted: (itemId) => {
      this.transcript.callerStarted(itemId);
      this.turns.callerStarted(itemId);
    },
    onCallerSpeechStopped: (itemId) => {
      this.transcript.callerStopped(itemId);
      this.turns.callerStopped(itemId);
    },
    onCallerText: (itemId, text, isFinal) => isFinal && this.transcript.callerText(itemId, text),
    onToolCall: (asked) => this.tools.asked(asked),
    onResponseStarted: (responseId) => this.turns.responseStarted(responseId),
    onResponseDone: (responseId, status, usage) => {
      if (usage && this.model) this.log.append({ type: 'usage.reported', data: { provider: this.model.provider, model: this.model.model, usage } });
      this.tools.responseDone(responseId);
      this.turns.responseDone(responseId);
      if (status === 'failed') this.responseFailed();
      else this.failedResponses = 0;
    },
    onReady: () => this.modelReady(),
    onMoved: (move) => this.log.append({ type: 'model.moved', data: move }),
    onFault: (error) => this.log.append({ type: 'model.faulted', data: { provider: error.provider, category: error.category, code: error.code } }),
    onClosed: (error) => {
      if (error) this.log.append({ type: 'model.faulted', data: { provider: error.provider, category: error.category, code: error.code } });
      this.ending.end(this.hasAgentSpoken ? 'model-failed' : 'model-unavailable');
    },
  };

  private modelReady(): void {
    const { call } = this.parts;
    const { log } = this;
    if (this.model) log.append({ type: 'model.opened', data: { provider: this.model.provider, model: this.model.model } });
    const { greeting } = call.agent;
    this.turns.speak(greeting ? { kind: 'say', text: greeting } : { kind: 'instruct', instruction: 'Greet the caller in one short sentence and ask how you can help.' });
  }

  private agentStarted(): void {
    if (!this.hasAgentSpoken) {
      const ms = Math.round(this.parts.clock.now() - this.startedAt);
      this.log.append({ type: 'latency.measured', data: { kind: 'answer-to-first-audio', ms } });
    }
    this.hasAgentSpoken = true;
    this.turns.agentStarted();
  }

  private playoutIdle(): void {
    this.turns.playoutIdle();
    if (!this.turns.isCallerSpeaking || !this.ending.isSayingGoodbye) return;
    this.ending.withdrawGoodbye();
    this.turns.isProtected = false;
  }

  private endCall(asked: ModelToolCall): CallToolAnswer {
    this.turns.isProtected = true;
    this.ending.sayGoodbye('agent-goodbye');
    return {
      outcome: { status: 'ok', value: { next: 'Say one short goodbye. The line closes when it has been heard.' } },
      needsReply: () => !this.playout.hasSpoken(asked.responseId),
    };
  }

  private digit(digit: string): void {
    this.log.append({ type: 'digit.pressed', data: { digit, atMs: offsetMs(this.parts.call, this.parts.clock) } });
    this.digits.pressed(digit);
  }

  private responseFailed(): void {
    this.failedResponses += 1;
    if (this.failedResponses >= MAX_FAILED_RESPONSES) this.ending.end('model-failed');
    else this.turns.speak({ kind: 'reply' });
  }

  private async finish(termination: Termination): Promise<void> {
    const { stream } = this.parts;
    const { log } = this;
    this.tools.stop();
    this.digits.stop();
    this.playout.close();
    this.model?.cancelResponse();
    this.model?.finishInput();
    await log.flush(ENDING_FLUSH_MS);
    stream.close();
    await this.transcript.settled(LAST_WORDS_MS);
    this.model?.close();
    await log.flush(ENDING_FLUSH_MS);
    this.resolveEnded(termination);
  }
}

/** What is logged is remembered too. */
function remembering(log: CallLog, history: CallHistory): CallLog {
  return {
    append: (fact) => {
      history.add(fact);
      log.append(fact);
    },
    flush: (timeoutMs) => log.flush(timeoutMs),
  };
}
