import { randomUUID } from 'node:crypto';
import {
  PCMU_8K,
  ProviderError,
  sameFormat,
  type ItemId,
  type ResponseId,
  type ToolDeclaration,
  type TurnDetection,
} from '@tandem/contracts';
import type {
  AudioFrame,
  Clock,
  ModelSessionChange,
  ModelSessionListener,
  ModelSessionSetup,
  SpeakRequest,
  Timer,
  VoiceModelSession,
} from '@tandem/conversation';
import type { AgentItem } from './agent-item.ts';
import { CallerTurn, digitsIn } from './caller-turn.ts';
import {
  say,
  type DialogueContext,
  type DialogueMove,
  type RunningDialogue,
  type ToolRole,
} from './dialogue/dialogue.ts';
import { readToolOutput } from './dialogue/tool-results.ts';
import { asProviderError } from './guided-errors.ts';
import { SpeechListener, type SpeechEvents } from './hearing/speech-listener.ts';
import type { Recogniser } from './hearing/recogniser.ts';
import type { VoiceDetector } from './hearing/voice-detector.ts';
import { DeferredCalls } from './deferred-calls.ts';
import { ResponseSpeaker, type ToolMove } from './response-speaker.ts';
import type { Synthesiser } from './speech/synthesiser.ts';
import { argumentsFor, rolesOf } from './tool-roles.ts';

export interface GuidedSessionParts {
  readonly clock: Clock;
  readonly synthesiser: Synthesiser;
  /** Null for an engine that understands no words: silences move the conversation on. */
  readonly recogniser: Recogniser | null;
  readonly openDetector: () => Promise<VoiceDetector>;
  readonly startDialogue: (setup: ModelSessionSetup, context: DialogueContext) => RunningDialogue;
  /** Returns the context of this moment. */
  readonly context: (tools: ReadonlySet<ToolRole>) => DialogueContext;
  readonly maxUtteranceMs: number;
}

/** Plain numbers, read by each scrape. */
export interface GuidedSessionCounters {
  droppedFrames: number;
  /** Utterances that were not understood. */
  unheardUtterances: number;
  /** Tool calls not made because their declaration would refuse the arguments. */
  refusedArguments: number;
}

/** Without a recogniser, the pause after our last word before the script goes on. */
const SCRIPT_PAUSE_MS = 3_500;

/**
 * One conversation by rules. What the caller did since the last reply is one turn, which the next reply
 * answers. Wiring only: recognition, speech and the dialogue have files of their own.
 */
export class GuidedSession implements VoiceModelSession {
  readonly provider = 'guided';
  readonly model: 'rules' | 'script';
  readonly voice: string;
  readonly counters: GuidedSessionCounters = { droppedFrames: 0, unheardUtterances: 0, refusedArguments: 0 };
  private readonly id = randomUUID().slice(0, 8);
  private idsGiven = 0;
  private readonly deferred: DeferredCalls;
  private readonly speaker: ResponseSpeaker;
  private readonly dialogue: RunningDialogue;
  private readonly turn = new CallerTurn();
  /** Tool calls that wait for their result, by the id the session above knows. */
  private readonly toolCalls = new Map<string, number>();
  private roles: ReadonlyMap<ToolRole, ToolDeclaration>;
  private speech: SpeechListener | null = null;
  private state: 'opening' | 'ready' | 'closed' = 'opening';
  /** The caller's utterance interrupted us. */
  private isInterruption = false;
  private isInputOver = false;
  private pause: Timer | null = null;
  /** Time at which the caller will have heard all generated speech, unless it is interrupted. */
  private playingUntil = 0;

  constructor(
    private setup: ModelSessionSetup,
    private readonly listener: ModelSessionListener,
    private readonly parts: GuidedSessionParts,
  ) {
    this.model = parts.recogniser ? 'rules' : 'script';
    this.voice = setup.voice;
    this.deferred = new DeferredCalls(parts.clock);
    this.roles = rolesOf(setup.tools);
    this.dialogue = parts.startDialogue(setup, this.context());
    this.speaker = new ResponseSpeaker({
      synthesiser: parts.synthesiser,
      delivery: () => ({ voice: this.setup.voice, speed: this.setup.speed ?? 1 }),
      deferred: this.deferred,
      listener,
      newId: (kind) => this.newId(kind),
      plan: (request, signal) => this.plan(request, signal),
      callTool: (responseId, move) => this.callTool(responseId, move),
      onDone: (item) => this.onSpoken(item),
    });
    void this.open();
  }

  pushAudio(frame: AudioFrame): void {
    if (this.speech && !this.isInputOver) this.speech.push(frame.bytes);
    else this.counters.droppedFrames += 1;
  }

  respond(request: SpeakRequest): void {
    if (this.state === 'ready') this.speaker.add(request);
  }

  cancelResponse(): void {
    this.speaker.cancelAll();
  }

  truncate(itemId: ItemId, heardMs: number): void {
    this.speaker.truncate(itemId, heardMs);
    this.playingUntil = this.parts.clock.now();
    this.isInterruption ||= this.speech?.isCallerSpeaking ?? false;
  }

  sendToolResult(providerCallId: string, output: string): void {
    const callNumber = this.toolCalls.get(providerCallId);
    if (callNumber === undefined) return;
    this.toolCalls.delete(providerCallId);
    this.turn.addToolResult(callNumber, readToolOutput(output));
  }

  /** Does nothing: the rules run no tools. */
  decideToolCall(): void {}

  /** Reads pressed keys; other notes mean nothing to the rules. */
  addNote(text: string): void {
    this.turn.addDigits(digitsIn(text));
  }

  /** Reads written words as the recogniser would have put them. */
  addCallerText(text: string): void {
    this.turn.addWords(
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}'’ ]+/gu, ' ')
        .trim(),
    );
  }

  change(change: ModelSessionChange): void {
    this.setup = { ...this.setup, ...change };
    this.roles = rolesOf(this.setup.tools);
    if (change.turnDetection) this.speech?.setTurnDetection(change.turnDetection);
  }

  /** Does nothing: a session has no time limit. */
  onIdle(): void {}

  abandon(error: ProviderError): void {
    this.end(error);
  }

  finishInput(): void {
    this.isInputOver = true;
    this.speech?.finish();
  }

  close(): void {
    this.end(null);
  }

  private async open(): Promise<void> {
    const { inputFormat, outputFormat, turnDetection, language } = this.setup;
    if (!sameFormat(inputFormat, PCMU_8K) || !sameFormat(outputFormat, PCMU_8K)) {
      return this.end(
        this.invalidRequest('format-unsupported', 'The guided engine hears and speaks µ-law at 8 kHz only.'),
      );
    }
    if (!this.context().now.isValid)
      return this.end(
        this.invalidRequest('time-zone-unknown', 'The time zone of the business is no IANA name.'),
      );
    try {
      const detector = await this.parts.openDetector();
      if (this.state !== 'opening') return detector.free();
      const { clock, recogniser, maxUtteranceMs } = this.parts;
      const grammar = () => this.dialogue.listensFor(this.context());
      const newItemId = () => this.newId('utterance') as ItemId;
      this.speech = new SpeechListener(
        turnDetection,
        { detector, recogniser, grammar, newItemId, maxUtteranceMs, clock },
        this.speechEvents,
      );
    } catch (error) {
      return this.end(asProviderError(error));
    }
    this.state = 'ready';
    this.deferred.push(() => this.listener.onReady());
    if (!/^en\b/i.test(language))
      this.fault(
        this.invalidRequest('language-unsupported', `The guided engine speaks English, not ${language}.`),
      );
  }

  private readonly speechEvents: SpeechEvents = {
    onStarted: (itemId) => {
      this.pause?.cancel();
      this.isInterruption = this.speaker.isRunning || this.parts.clock.now() < this.playingUntil;
      this.deferred.push(() => this.listener.onCallerSpeechStarted(itemId));
      if (this.setup.turnOwner === 'model') this.speaker.interrupt();
    },
    onStopped: (itemId) => {
      this.deferred.push(() =>
        this.listener.onCallerSpeechStopped(itemId, endedAgoMs(this.setup.turnDetection)),
      );
      if (this.setup.turnOwner === 'model' && !this.isInputOver) this.speaker.add({ kind: 'reply' });
    },
    onWords: (itemId, text) => {
      this.deferred.push(() => this.listener.onCallerText(itemId, text, true));
      if (text !== null) return this.turn.addWords(text);
      this.counters.unheardUtterances += 1;
      this.turn.addSound(this.isInterruption);
    },
    onFault: (error) => this.fault(error),
  };

  private async plan(request: SpeakRequest, signal: AbortSignal): Promise<readonly DialogueMove[]> {
    // The dialogue's moves come first: an interruption must not suppress a question that it takes for asked.
    if (request.kind === 'say')
      return [...this.dialogue.step({ kind: 'said' }, this.context()), say(request.text)];
    if (request.kind === 'instruct')
      return this.dialogue.step({ kind: 'instructed', instruction: request.instruction }, this.context());
    await this.speech?.understood();
    if (signal.aborted) return [];
    const { heardSpeech } = this.speaker;
    if (this.turn.hasCallerInput) this.speaker.startNewTurn();
    return this.turn.nextMoves(this.dialogue, this.context(), heardSpeech);
  }

  private callTool(responseId: ResponseId, { tool: role, callNumber, arguments: wanted }: ToolMove): void {
    const tool = this.roles.get(role);
    const argumentsJson = tool ? argumentsFor(tool, wanted) : null;
    if (!tool || argumentsJson === null) {
      this.counters.refusedArguments += 1;
      this.fault(
        this.invalidRequest(
          'tool-arguments',
          `The tool for "${role}" does not take the arguments the guided engine knows.`,
        ),
      );
      this.turn.addToolResult(callNumber, { status: 'failed' });
      this.speaker.add({ kind: 'reply' });
      return;
    }
    const providerCallId = this.newId('call');
    this.toolCalls.set(providerCallId, callNumber);
    this.deferred.push(() =>
      this.listener.onToolCall({ providerCallId, responseId, name: tool.name, argumentsJson }),
    );
  }

  /** After a response: a script goes on after a silence. */
  private onSpoken(item: AgentItem | null): void {
    const { clock, recogniser } = this.parts;
    if (!item) return;
    this.playingUntil = Math.max(clock.now(), this.playingUntil) + item.generatedMs;
    if (recogniser || this.setup.turnOwner !== 'model') return;
    this.pause?.cancel();
    this.pause = clock.after(this.playingUntil - clock.now() + SCRIPT_PAUSE_MS, () => {
      this.turn.addSound(false);
      this.speaker.add({ kind: 'reply' });
    });
  }

  private context(): DialogueContext {
    return this.parts.context(new Set(this.roles.keys()));
  }

  private newId(kind: string): string {
    this.idsGiven += 1;
    return `${kind}_${this.id}_${this.idsGiven}`;
  }

  private invalidRequest(code: string, message: string): ProviderError {
    return new ProviderError(message, { provider: this.provider, code, category: 'invalid-request' });
  }

  private fault(error: ProviderError): void {
    this.deferred.push(() => this.listener.onFault(error));
  }

  private end(error: ProviderError | null): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.pause?.cancel();
    this.speaker.close();
    this.speech?.close();
    this.deferred.close(() => this.listener.onClosed(error));
  }
}

/** Returns the silence that proved the end of the speech. */
function endedAgoMs(detection: TurnDetection): number {
  return detection.kind === 'server-vad' ? detection.silenceMs : 0;
}
