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
  type Talk,
  type ToolRole,
} from './dialogue/dialogue.ts';
import { readToolOutput } from './dialogue/tool-results.ts';
import { asProviderError } from './guided-errors.ts';
import { Ear, type EarEvents } from './hearing/ear.ts';
import type { Recogniser } from './hearing/recogniser.ts';
import type { VoiceDetector } from './hearing/voice-detector.ts';
import { Outbox } from './outbox.ts';
import { Speaking, type ToolMove } from './speaking.ts';
import type { Synthesiser } from './speech/synthesiser.ts';
import { argumentsFor, rolesOf } from './tool-roles.ts';

export interface GuidedSessionParts {
  readonly clock: Clock;
  readonly synthesiser: Synthesiser;
  /** Null: no words are understood, and silences move the conversation on. */
  readonly recogniser: Recogniser | null;
  readonly openDetector: () => Promise<VoiceDetector>;
  readonly startTalk: (setup: ModelSessionSetup, context: DialogueContext) => Talk;
  /** As of now. */
  readonly context: (tools: ReadonlySet<ToolRole>) => DialogueContext;
  readonly maxUtteranceMs: number;
}

/** Plain numbers, read when somebody scrapes. */
export interface GuidedSessionCounters {
  droppedFrames: number;
  /** Utterances whose words were not found. */
  unheardUtterances: number;
  /** Tool calls the declaration would have refused. */
  refusedArguments: number;
}

/** Without a recogniser: how long after our last word the caller is given before the script goes on. */
const SCRIPT_PAUSE_MS = 3_500;

/**
 * One conversation by rules: an ear, a dialogue and a mouth. What the caller did since the last reply is one
 * turn, and the next reply answers it. Wiring only: hearing, speaking and the dialogue each have their own
 * files.
 */
export class GuidedSession implements VoiceModelSession {
  readonly provider = 'guided';
  readonly model: 'rules' | 'script';
  readonly voice: string;
  readonly counters: GuidedSessionCounters = { droppedFrames: 0, unheardUtterances: 0, refusedArguments: 0 };
  private readonly id = randomUUID().slice(0, 8);
  private idsGiven = 0;
  private readonly outbox: Outbox;
  private readonly speaking: Speaking;
  private readonly talk: Talk;
  private readonly turn = new CallerTurn();
  /** Calls whose result is awaited, by the id the session above knows them by. */
  private readonly toolCalls = new Map<string, number>();
  private roles: ReadonlyMap<ToolRole, ToolDeclaration>;
  private ear: Ear | null = null;
  private state: 'opening' | 'ready' | 'closed' = 'opening';
  /** The utterance at hand cut us off. */
  private isInterruption = false;
  private isInputOver = false;
  private pause: Timer | null = null;
  /** When the caller will have heard what was generated, if nothing cuts it. */
  private playingUntil = 0;

  constructor(
    private setup: ModelSessionSetup,
    private readonly listener: ModelSessionListener,
    private readonly parts: GuidedSessionParts,
  ) {
    this.model = parts.recogniser ? 'rules' : 'script';
    this.voice = setup.voice;
    this.outbox = new Outbox(parts.clock);
    this.roles = rolesOf(setup.tools);
    this.talk = parts.startTalk(setup, this.context());
    this.speaking = new Speaking({
      synthesiser: parts.synthesiser,
      delivery: () => ({ voice: this.setup.voice, speed: this.setup.speed ?? 1 }),
      outbox: this.outbox,
      listener,
      newId: (kind) => this.newId(kind),
      plan: (request, signal) => this.plan(request, signal),
      callTool: (responseId, move) => this.callTool(responseId, move),
      onDone: (item) => this.spoken(item),
    });
    void this.open();
  }

  pushAudio(frame: AudioFrame): void {
    if (this.ear && !this.isInputOver) this.ear.push(frame.bytes);
    else this.counters.droppedFrames += 1;
  }

  respond(request: SpeakRequest): void {
    if (this.state === 'ready') this.speaking.add(request);
  }

  cancelResponse(): void {
    this.speaking.cancelAll();
  }

  truncate(itemId: ItemId, heardMs: number): void {
    this.speaking.truncate(itemId, heardMs);
    this.playingUntil = this.parts.clock.now();
    this.isInterruption ||= this.ear?.isCallerSpeaking ?? false;
  }

  sendToolResult(providerCallId: string, output: string): void {
    const callNumber = this.toolCalls.get(providerCallId);
    if (callNumber === undefined) return;
    this.toolCalls.delete(providerCallId);
    this.turn.toolAnswered(callNumber, readToolOutput(output));
  }

  /** Only keys are understood; an operator's hint means nothing to rules. */
  addNote(text: string): void {
    this.turn.pressed(digitsIn(text));
  }

  change(change: ModelSessionChange): void {
    this.setup = { ...this.setup, ...change };
    this.roles = rolesOf(this.setup.tools);
    if (change.turnDetection) this.ear?.setTurnDetection(change.turnDetection);
  }

  /** There is no limit to renew before. */
  onIdle(): void {}

  abandon(error: ProviderError): void {
    this.end(error);
  }

  finishInput(): void {
    this.isInputOver = true;
    this.ear?.finish();
  }

  close(): void {
    this.end(null);
  }

  private async open(): Promise<void> {
    const { inputFormat, outputFormat, turnDetection, language } = this.setup;
    if (!sameFormat(inputFormat, PCMU_8K) || !sameFormat(outputFormat, PCMU_8K)) {
      return this.end(
        this.misuse('format-unsupported', 'The guided engine hears and speaks µ-law at 8 kHz only.'),
      );
    }
    if (!this.context().now.isValid)
      return this.end(this.misuse('time-zone-unknown', 'The time zone of the business is no IANA name.'));
    try {
      const detector = await this.parts.openDetector();
      if (this.state !== 'opening') return detector.free();
      const { clock, recogniser, maxUtteranceMs } = this.parts;
      const grammar = () => this.talk.listensFor(this.context());
      const newItemId = () => this.newId('utterance') as ItemId;
      this.ear = new Ear(
        turnDetection,
        { detector, recogniser, grammar, newItemId, maxUtteranceMs, clock },
        this.fromEar,
      );
    } catch (error) {
      return this.end(asProviderError(error));
    }
    this.state = 'ready';
    this.outbox.push(() => this.listener.onReady());
    if (!/^en\b/i.test(language))
      this.fault(this.misuse('language-unsupported', `The guided engine speaks English, not ${language}.`));
  }

  private readonly fromEar: EarEvents = {
    started: (itemId) => {
      this.pause?.cancel();
      this.isInterruption = this.speaking.isRunning || this.parts.clock.now() < this.playingUntil;
      this.outbox.push(() => this.listener.onCallerSpeechStarted(itemId));
      if (this.setup.turnOwner === 'model') this.speaking.interrupt();
    },
    stopped: (itemId) => {
      this.outbox.push(() =>
        this.listener.onCallerSpeechStopped(itemId, endedAgoMs(this.setup.turnDetection)),
      );
      if (this.setup.turnOwner === 'model' && !this.isInputOver) this.speaking.add({ kind: 'reply' });
    },
    heard: (itemId, text) => {
      this.outbox.push(() => this.listener.onCallerText(itemId, text, true));
      if (text !== null) return this.turn.heard(text);
      this.counters.unheardUtterances += 1;
      this.turn.soundHeard(this.isInterruption);
    },
    fault: (error) => this.fault(error),
  };

  private async plan(request: SpeakRequest, signal: AbortSignal): Promise<readonly DialogueMove[]> {
    // Tools first: an interruption must not keep a question from being asked that the dialogue takes for
    // asked.
    if (request.kind === 'say')
      return [...this.talk.take({ kind: 'said' }, this.context()), say(request.text)];
    if (request.kind === 'instruct')
      return this.talk.take({ kind: 'instructed', instruction: request.instruction }, this.context());
    await this.ear?.understood();
    if (signal.aborted) return [];
    const { heard } = this.speaking;
    if (this.turn.isCallers) this.speaking.turned();
    return this.turn.answer(this.talk, this.context(), heard);
  }

  private callTool(responseId: ResponseId, { tool: role, callNumber, arguments: wanted }: ToolMove): void {
    const tool = this.roles.get(role);
    const argumentsJson = tool ? argumentsFor(tool, wanted) : null;
    if (!tool || argumentsJson === null) {
      this.counters.refusedArguments += 1;
      this.fault(
        this.misuse(
          'tool-arguments',
          `The tool for "${role}" does not take the arguments the guided engine knows.`,
        ),
      );
      this.turn.toolAnswered(callNumber, { status: 'failed' });
      this.speaking.add({ kind: 'reply' });
      return;
    }
    const providerCallId = this.newId('call');
    this.toolCalls.set(providerCallId, callNumber);
    this.outbox.push(() =>
      this.listener.onToolCall({ providerCallId, responseId, name: tool.name, argumentsJson }),
    );
  }

  /** A script has nobody to wait for: a silence after its words moves it on. */
  private spoken(item: AgentItem | null): void {
    const { clock, recogniser } = this.parts;
    if (!item) return;
    this.playingUntil = Math.max(clock.now(), this.playingUntil) + item.generatedMs;
    if (recogniser || this.setup.turnOwner !== 'model') return;
    this.pause?.cancel();
    this.pause = clock.after(this.playingUntil - clock.now() + SCRIPT_PAUSE_MS, () => {
      this.turn.soundHeard(false);
      this.speaking.add({ kind: 'reply' });
    });
  }

  private context(): DialogueContext {
    return this.parts.context(new Set(this.roles.keys()));
  }

  private newId(kind: string): string {
    this.idsGiven += 1;
    return `${kind}_${this.id}_${this.idsGiven}`;
  }

  private misuse(code: string, message: string): ProviderError {
    return new ProviderError(message, { provider: this.provider, code, category: 'invalid-request' });
  }

  private fault(error: ProviderError): void {
    this.outbox.push(() => this.listener.onFault(error));
  }

  private end(error: ProviderError | null): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.pause?.cancel();
    this.speaking.close();
    this.ear?.close();
    this.outbox.close(() => this.listener.onClosed(error));
  }
}

/** The silence that told the end of the speech. */
function endedAgoMs(detection: TurnDetection): number {
  return detection.kind === 'server-vad' ? detection.silenceMs : 0;
}
