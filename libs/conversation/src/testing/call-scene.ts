import {
  agentSnapshotSchema,
  DEFAULT_MODEL_KIND,
  PCMU_8K,
  UNKNOWN_CALLER,
  type Caller,
  type AgentSnapshotInput,
  type AudioFormat,
  type CallId,
  type CallParameters,
  type TenantId,
  type Termination,
  type ToolDeclaration,
  type ToolOutcome,
} from '@tandem/contracts';
import type { PhraseAudioCache } from '../ports/phrase-cache.ts';
import type { RecordingControl } from '../ports/recording-control.ts';
import type { LanguageDetector } from '../session/agent/language-watch.ts';
import type { VoiceModel } from '../ports/voice-model.ts';
import { CallSession } from '../session/call-session.ts';
import type { Takeover } from '../session/history/takeover.ts';
import { FakeCallerStream } from './fake-caller-stream.ts';
import { FakeToolDispatcher } from './fake-tool-dispatcher.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordedCallLog } from './recorded-call-log.ts';
import { ScriptedVoiceModel, type ScriptedModelSession } from './scripted-voice-model.ts';

export interface CallSetting {
  readonly agent?: Partial<AgentSnapshotInput>;
  readonly phrases?: PhraseAudioCache;
  readonly music?: Uint8Array;
  readonly recording?: RecordingControl;
  readonly detectLanguage?: LanguageDetector;
  readonly caller?: Caller;
  readonly parameters?: CallParameters;
  readonly attestation?: string;
  readonly language?: string;
  readonly tools?: readonly ToolDeclaration[];
  /** Outcomes of tools by name; a tool without one waits for `toolDispatcher.answer`. */
  readonly outcomes?: Record<string, ToolOutcome>;
  /** Leave the model unopened until the test says it is ready. */
  readonly isModelSlow?: boolean;
  readonly admittedAgoMs?: number;
  /** The call as earlier sessions left it, given the Unix time in ms at which this one begins. */
  readonly takeover?: (nowMs: number) => Takeover;
  /** Format of the caller's stream; default µ-law at 8 kHz. */
  readonly streamFormat?: AudioFormat;
  /** Formats the scripted model hears and speaks; default µ-law at 8 kHz. */
  readonly modelFormats?: readonly AudioFormat[];
  /** Wraps the scripted model, for instance in the resilient one. */
  readonly model?: (scripted: ScriptedVoiceModel, clock: ManualClock) => VoiceModel;
}

/**
 * A whole conversation without wires, so that a test reads as one: the caller and the model do what the test
 * says, time passes when the test says so, and everything heard, requested and logged can be read.
 */
export class CallScene {
  readonly clock = new ManualClock();
  readonly stream: FakeCallerStream;
  readonly models: ScriptedVoiceModel;
  readonly log = new RecordedCallLog();
  readonly toolDispatcher: FakeToolDispatcher;
  readonly session: CallSession;
  termination: Termination | null = null;
  /** Whether the call went on without this session. */
  isLetGo = false;

  constructor(setting: CallSetting = {}) {
    this.stream = new FakeCallerStream(this.clock, setting.streamFormat);
    this.models = new ScriptedVoiceModel('scripted', { formats: setting.modelFormats ?? [PCMU_8K] });
    this.toolDispatcher = new FakeToolDispatcher(setting.outcomes);
    this.models.isReadyAtOnce = !setting.isModelSlow;
    const tools = setting.tools ?? [];
    const agent = agentSnapshotSchema.parse({
      agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
      agentVersion: 1,
      tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001',
      name: 'Sarah',
      companyName: 'Northwind Home Services',
      timeZone: 'America/New_York',
      instructions: 'Be helpful.',
      greeting: 'Good morning, Northwind.',
      model: { kind: DEFAULT_MODEL_KIND },
      tools: tools.map(({ name }) => name),
      ...setting.agent,
    });
    this.session = new CallSession({
      call: {
        callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId,
        tenantId: '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId,
        epoch: 1,
        callerNumber: '+12025550123',
        dialledNumber: '+12025550100',
        caller: setting.caller ?? UNKNOWN_CALLER,
        ...(setting.parameters ? { parameters: setting.parameters } : {}),
        ...(setting.attestation === undefined ? {} : { attestation: setting.attestation }),
        language: setting.language ?? agent.language,
        admittedAt: this.clock.wallTime() - (setting.admittedAgoMs ?? 0),
        agent,
      },
      stream: this.stream,
      model: setting.model?.(this.models, this.clock) ?? this.models,
      declarationsFor: (names) => tools.filter(({ name }) => names.includes(name)),
      ...optionalParts(setting, this.clock),
      toolDispatcher: this.toolDispatcher,
      log: this.log,
      clock: this.clock,
    });
    void this.session.ended.then((termination) => {
      this.termination = termination;
      this.isLetGo = termination === null;
    });
    this.session.start();
  }

  /** The latest model session. */
  get model(): ScriptedModelSession {
    const current = this.models.sessions.at(-1);
    if (!current) throw new TypeError('No model session was opened.');
    return current;
  }

  passes(ms: number): Promise<void> {
    return this.clock.pass(ms);
  }

  /** The caller makes a sound for `ms`, in frames of 20 ms. */
  async callerSounds(ms: number): Promise<void> {
    for (let sounded = 0; sounded < ms; sounded += 20) {
      this.stream.speak(20);
      await this.passes(20);
    }
  }

  /** The agent says something and the caller hears all of it. */
  async agentSays(text: string, durationMs = text.length * 50): Promise<void> {
    this.model.says(text, { durationMs });
    await this.passes(durationMs + 20);
  }

  /** The caller says something, is understood, and is silent again. */
  async callerSays(text: string, durationMs = 1000): Promise<void> {
    this.model.hearsCallerStart();
    await this.passes(durationMs);
    this.model.understands(this.model.hearsCallerStop(), text);
    await this.passes(1);
  }
}

export function startCall(setting?: CallSetting): CallScene {
  return new CallScene(setting);
}

function optionalParts(
  { phrases, music, recording, detectLanguage, takeover }: CallSetting,
  clock: ManualClock,
) {
  return {
    ...(phrases ? { phrases } : {}),
    ...(music ? { music: () => music } : {}),
    ...(recording ? { recording } : {}),
    ...(detectLanguage ? { detectLanguage } : {}),
    ...(takeover ? { takeover: takeover(clock.wallTime()) } : {}),
  };
}
