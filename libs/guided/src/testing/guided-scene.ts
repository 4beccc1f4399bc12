import { PCMU_8K, type ItemId, type ProviderError, type ToolDeclaration } from '@tandem/contracts';
import {
  AudioFrame,
  encodeMulaw,
  type HistoryItem,
  type ModelSessionListener,
  type ModelSessionSetup,
  type ModelToolCall,
  type VoiceModelSession,
} from '@tandem/conversation';
import { ManualClock } from '@tandem/conversation/testing';
import { guidedModelOf, type GuidedSenses } from '../guided-engine.ts';
import { FakeDetector, FakeRecogniser, FakeSynthesiser } from './fake-senses.ts';

export const FRAME_MS = 20;
export const LOUD = AudioFrame.fromBytes(
  encodeMulaw(Int16Array.from({ length: 160 }, (_, index) => (index % 8 < 4 ? 8_000 : -8_000))),
);
export const QUIET = AudioFrame.fromBytes(new Uint8Array(160).fill(0xff));

/** A declared tool that takes these arguments and no others. */
export function fakeTool(name: string, properties: Record<string, unknown> = {}): ToolDeclaration {
  const known = new Set(Object.keys(properties));
  return {
    name,
    description: name,
    place: 'worker',
    parameters: { type: 'object', properties },
    cancellable: true,
    deadlineMs: 1_000,
    lateMs: 0,
    parse: (input) => {
      const unknown = Object.keys(input as object).filter((key) => !known.has(key));
      return unknown.length === 0
        ? { ok: true, value: input }
        : { ok: false, problem: `unknown: ${unknown.join()}` };
    },
  };
}

export const FAKE_TOOLS: readonly ToolDeclaration[] = [
  fakeTool('check_availability', {
    service: {},
    date: {},
    partOfDay: { enum: ['morning', 'afternoon', 'any'] },
  }),
  fakeTool('book_appointment', { service: {}, start: {}, name: {} }),
  fakeTool('end_call', { reason: { enum: ['caller-done', 'cannot-help'] } }),
];

export interface SceneOptions extends Partial<
  Pick<ModelSessionSetup, 'turnOwner' | 'language' | 'inputFormat' | 'voice' | 'turnDetection'>
> {
  readonly tools?: readonly ToolDeclaration[];
  readonly history?: readonly HistoryItem[];
  readonly timeZone?: string;
  /** Without a recogniser the script runs. */
  readonly isDeaf?: boolean;
  readonly openDetector?: GuidedSenses['openDetector'];
}

/** A guided session on a manual clock, with the events of its listener in order, as text. */
export class GuidedScene {
  readonly clock = new ManualClock(Date.parse('2026-03-02T13:10:00Z'));
  readonly recogniser = new FakeRecogniser();
  readonly synthesiser = new FakeSynthesiser();
  readonly detector = new FakeDetector();
  readonly session: VoiceModelSession;
  /** One line for each event; neighbouring words and sounds of one item are one line. */
  readonly events: string[] = [];
  readonly toolCalls: ModelToolCall[] = [];
  readonly faults: ProviderError[] = [];
  readonly ids: string[] = [];
  lastItem: ItemId | null = null;
  /** A call into the session is running; events from inside it count as reentrant. */
  isInCall = false;
  reentrant = 0;

  constructor({
    tools = FAKE_TOOLS,
    history = [],
    timeZone = 'America/New_York',
    isDeaf = false,
    openDetector,
    ...setup
  }: SceneOptions = {}) {
    const senses: GuidedSenses = {
      clock: this.clock,
      synthesiser: this.synthesiser,
      recogniser: isDeaf ? null : this.recogniser,
      openDetector: openDetector ?? (() => Promise.resolve(this.detector)),
      maxUtteranceMs: 15_000,
    };
    const wanted: ModelSessionSetup = {
      instructions: '',
      tools,
      turnDetection: { kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 },
      turnOwner: 'model',
      language: 'en-US',
      voice: 'rms',
      transcriptionModel: '',
      inputFormat: PCMU_8K,
      outputFormat: PCMU_8K,
      history: () => history,
      ...setup,
    };
    this.session = this.calling(() =>
      guidedModelOf(senses, { timeZone, companyName: 'Northwind' }).open(wanted, this.listener),
    );
  }

  /** Runs a call into the session; events must not come from inside it. */
  calling<Result>(call: () => Result): Result {
    this.isInCall = true;
    try {
      return call();
    } finally {
      this.isInCall = false;
    }
  }

  /** Events since the last look. */
  look(): string[] {
    return this.events.splice(0);
  }

  async passes(ms: number): Promise<void> {
    await this.clock.pass(ms);
  }

  /** The caller makes a sound and is then silent until it counts as over. */
  async speaks(ms: number, silenceMs = 600): Promise<void> {
    // The first sound of a line counts as its noise.
    await this.sends(QUIET, FRAME_MS);
    await this.sends(LOUD, ms);
    await this.sends(QUIET, silenceMs);
  }

  async sends(frame: AudioFrame, ms: number): Promise<void> {
    for (let sent = 0; sent < ms; sent += FRAME_MS) {
      this.calling(() => this.session.pushAudio(frame));
      await this.passes(FRAME_MS);
    }
  }

  /** The caller says words that are recognised. */
  async says(text: string): Promise<void> {
    this.recogniser.planned.push(text);
    await this.speaks(800);
    await this.passes(1);
  }

  async asks(request: Parameters<VoiceModelSession['respond']>[0]): Promise<void> {
    this.calling(() => this.session.respond(request));
    await this.passes(1);
  }

  /** Sends the result and requests a reply, as the conversation does. */
  async toolAnswers(output: object): Promise<void> {
    const call = this.toolCalls.at(-1);
    this.calling(() => this.session.sendToolResult(call?.providerCallId ?? '', JSON.stringify(output)));
    await this.asks({ kind: 'reply' });
  }

  private tell(event: string, mergesWith?: RegExp): void {
    if (this.isInCall) this.reentrant += 1;
    const last = this.events.at(-1);
    if (mergesWith && last !== undefined && mergesWith.test(last))
      this.events[this.events.length - 1] = `${last}${event}`;
    else this.events.push(mergesWith ? `says: ${event}` : event);
  }

  private readonly listener: ModelSessionListener = {
    onMoved: () => this.tell('moved'),
    onReady: () => this.tell('ready'),
    onAudio: (_frame, itemId) => {
      if (itemId !== this.lastItem) this.tell('sound of an item without words');
    },
    onAgentText: (itemId, delta) => {
      if (this.lastItem !== itemId) this.ids.push(itemId);
      this.lastItem = itemId;
      this.tell(delta, /^says: /);
    },
    onItemDone: () => this.tell('item done'),
    onCallerSpeechStarted: (itemId) => {
      this.ids.push(itemId);
      this.tell('caller started');
    },
    onCallerSpeechStopped: () => this.tell('caller stopped'),
    onCallerText: (_itemId, text, isFinal) =>
      this.tell(`caller: ${text ?? '(not understood)'}${isFinal ? '' : ' …'}`),
    onResponseStarted: (responseId) => {
      this.ids.push(responseId);
      this.tell('response started');
    },
    onToolCall: (call) => {
      this.toolCalls.push(call);
      this.ids.push(call.providerCallId);
      this.tell(`calls ${call.name} ${call.argumentsJson}`);
    },
    onResponseDone: (_responseId, status, usage) =>
      this.tell(`response ${status}${usage === null ? '' : ' with usage'}`),
    onFault: (error) => {
      this.faults.push(error);
      this.tell(`fault ${error.code}`);
    },
    onClosed: (error) => this.tell(error ? `closed ${error.code}` : 'closed'),
  };
}
