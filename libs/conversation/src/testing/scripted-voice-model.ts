import {
  bytesPerMs,
  PCMU_8K,
  ProviderError,
  type AudioFormat,
  type ItemId,
  type ResponseId,
  type ToolOutcome,
  type Usage,
} from '@tandem/contracts';
import { AudioFrame } from '../audio/audio-frame.ts';
import type {
  HistoryItem,
  ModelSessionChange,
  ModelSessionSetup,
  ResponseStatus,
  SpeakRequest,
  VoiceModel,
  VoiceModelCapabilities,
  VoiceModelSession,
} from '../ports/voice-model.ts';
import type { MissingToolsReason, ModelSessionListener } from '../ports/model-session-listener.ts';

export interface ScriptedToolCall {
  readonly name: string;
  readonly arguments: unknown;
}

export interface ScriptedCapabilities {
  /** Whether it runs tools of servers by itself; default false. */
  readonly runsTools?: boolean;
  /** Default none. */
  readonly maxSessionMs?: number | null;
  /** For hearing and speaking; default µ-law at 8 kHz. */
  readonly formats?: readonly AudioFormat[];
}

/** Speech of the agent takes this long per character unless a test says otherwise. */
const MS_PER_CHARACTER = 50;

/** A voice model that speaks and hears as the test says, and keeps every command it gets. */
export class ScriptedVoiceModel implements VoiceModel {
  readonly capabilities: VoiceModelCapabilities;
  readonly sessions: ScriptedModelSession[] = [];
  /** Errors with which the next sessions fail to open, one entry each. */
  readonly refusals: ProviderError[] = [];
  /** Sessions become ready when they are opened, on the next tick; switch off to decide in the test. */
  isReadyAtOnce = true;

  constructor(
    readonly provider = 'scripted',
    { maxSessionMs = null, formats = [PCMU_8K], runsTools = false }: ScriptedCapabilities = {},
  ) {
    this.capabilities = {
      inputFormats: formats,
      outputFormats: formats,
      maxSessionMs,
      runsTools,
    };
  }

  open(setup: ModelSessionSetup, listener: ModelSessionListener): ScriptedModelSession {
    const opened = new ScriptedModelSession(
      setup,
      listener,
      this.provider,
      `${this.provider}-${this.sessions.length + 1}`,
    );
    this.sessions.push(opened);
    const refusal = this.refusals.shift();
    if (refusal) queueMicrotask(() => opened.gone(refusal));
    else if (this.isReadyAtOnce) queueMicrotask(() => opened.ready());
    return opened;
  }
}

export class ScriptedModelSession implements VoiceModelSession {
  /** The name numbers the sessions: `scripted-1` is the first. */
  readonly model: string;
  readonly voice: string;
  /** The conversation it was opened with. */
  seeded: readonly HistoryItem[] = [];
  readonly heard: AudioFrame[] = [];
  /** Every command to the model, in order, in words. */
  readonly asked: string[] = [];
  readonly notes: string[] = [];
  readonly changes: ModelSessionChange[] = [];
  readonly toolResults = new Map<string, string>();
  readonly truncated = new Map<string, number>();
  pauses = 0;
  /** The reason why the conversation gave it up; null while it has not. */
  abandonedFor: string | null = null;
  audioMs = 0;
  isClosed = false;
  private counter = 0;
  private running: ResponseId | null = null;
  private runningItems: ItemId[] = [];
  private speaking: ItemId | null = null;

  constructor(
    readonly setup: ModelSessionSetup,
    private readonly listener: ModelSessionListener,
    readonly provider: string,
    model: string,
  ) {
    this.model = model;
    this.voice = setup.voice;
  }

  pushAudio(frame: AudioFrame): void {
    this.heard.push(frame);
    this.audioMs += frame.byteLength / bytesPerMs(this.setup.inputFormat);
  }

  respond(request: SpeakRequest): void {
    this.asked.push(
      request.kind === 'say'
        ? `say: ${request.text}`
        : request.kind === 'instruct'
          ? `instruct: ${request.instruction}`
          : 'reply',
    );
  }

  cancelResponse(): void {
    this.asked.push('cancel');
    if (this.running) this.finish('cancelled');
  }

  truncate(itemId: ItemId, heardMs: number): void {
    this.asked.push(`truncate ${itemId}`);
    this.truncated.set(itemId, heardMs);
  }

  sendToolResult(providerCallId: string, output: string): void {
    this.asked.push(`result ${providerCallId}`);
    this.toolResults.set(providerCallId, output);
  }

  decideToolCall(providerCallId: string, refusal: string | null): void {
    this.asked.push(refusal === null ? `allow ${providerCallId}` : `deny ${providerCallId}`);
    if (refusal !== null) this.toolResults.set(providerCallId, refusal);
  }

  addNote(text: string): void {
    this.notes.push(text);
  }

  addCallerText(text: string): void {
    this.asked.push(`written ${text}`);
  }

  change(change: ModelSessionChange): void {
    this.changes.push(change);
  }

  onIdle(): void {
    this.pauses += 1;
  }

  abandon(error: ProviderError): void {
    this.abandonedFor = error.code;
  }

  finishInput(): void {
    this.asked.push('finish-input');
  }

  close(): void {
    if (!this.isClosed) this.gone(null);
  }

  // What the provider does

  ready(): void {
    if (this.isClosed) return;
    this.seeded = this.setup.history();
    this.listener.onReady();
  }

  /** Sends a whole response: words, their audio, tool calls. Returns the id of the spoken item. */
  says(
    text: string,
    options: { durationMs?: number; tools?: ScriptedToolCall[]; usage?: Usage } = {},
  ): ItemId {
    const item = this.begins(text, options);
    for (const tool of options.tools ?? []) this.callsTool(tool);
    this.finish('completed', options.usage ?? null);
    return item;
  }

  /** Starts a response that goes on until {@link finish}. */
  begins(text: string, options: { durationMs?: number } = {}): ItemId {
    const responseId = this.startResponse();
    const itemId = this.newId('item') as ItemId;
    this.runningItems.push(itemId);
    this.continues(itemId, text, options.durationMs ?? text.length * MS_PER_CHARACTER, responseId);
    return itemId;
  }

  continues(itemId: ItemId, text: string, durationMs: number, responseId = this.running as ResponseId): void {
    this.listener.onAgentText(itemId, text);
    const chunkMs = 200;
    for (let sent = 0; sent < durationMs; sent += chunkMs) {
      const bytes = Math.min(chunkMs, durationMs - sent) * bytesPerMs(this.setup.outputFormat);
      this.listener.onAudio(AudioFrame.fromBytes(new Uint8Array(bytes).fill(0x7f)), itemId, responseId);
    }
  }

  /** Calls a tool inside a response begun by {@link begins} or {@link startResponse}. Returns the call_id. */
  callsTool(tool: ScriptedToolCall, providerCallId = this.newId('call')): string {
    const argumentsJson =
      typeof tool.arguments === 'string' ? tool.arguments : JSON.stringify(tool.arguments);
    this.listener.onToolCall({
      providerCallId,
      responseId: this.running as ResponseId,
      name: tool.name,
      argumentsJson,
    });
    return providerCallId;
  }

  /** Asks whether it may run a tool by itself, inside a response. Returns the call_id. */
  wantsToRun(tool: ScriptedToolCall): string {
    const providerCallId = this.newId('call');
    this.listener.onToolCall({
      providerCallId,
      responseId: this.running as ResponseId,
      name: tool.name,
      argumentsJson: JSON.stringify(tool.arguments),
      isHosted: true,
    });
    return providerCallId;
  }

  /** A tool that it was allowed to run has ended. */
  hasRun(providerCallId: string, outcome: ToolOutcome): void {
    this.listener.onHostedToolEnded?.(providerCallId, outcome);
  }

  misses(names: readonly string[], why: MissingToolsReason): void {
    this.listener.onToolsMissing?.(names, why);
  }

  startResponse(): ResponseId {
    const responseId = this.newId('resp') as ResponseId;
    this.running = responseId;
    this.runningItems = [];
    this.listener.onResponseStarted(responseId);
    return responseId;
  }

  finish(status: ResponseStatus, usage: Usage | null = null): void {
    const responseId = this.running;
    if (!responseId) return;
    this.running = null;
    if (status === 'completed')
      for (const itemId of this.runningItems) this.listener.onItemDone(itemId, responseId);
    this.listener.onResponseDone(responseId, status, usage);
  }

  hearsCallerStart(): ItemId {
    this.speaking = this.newId('item') as ItemId;
    this.listener.onCallerSpeechStarted(this.speaking);
    return this.speaking;
  }

  hearsCallerStop(endedAgoMs = 0): ItemId {
    const itemId = this.speaking as ItemId;
    this.speaking = null;
    this.listener.onCallerSpeechStopped(itemId, endedAgoMs);
    return itemId;
  }

  understands(itemId: ItemId, text: string | null, isFinal = true): void {
    this.listener.onCallerText(itemId, text, isFinal);
  }

  transcriptionFails(itemId: ItemId, code: string): void {
    const error = new ProviderError(`It failed: ${code}.`, {
      provider: this.provider,
      code,
      category: 'unknown',
    });
    this.listener.onTranscriptionFailed?.(error);
    this.listener.onCallerText(itemId, null, true);
  }

  /** The provider bills something outside a response. */
  bills(model: string, usage: Usage): void {
    this.listener.onUsage?.(model, usage);
  }

  faults(error: ProviderError, status?: ResponseStatus): void {
    this.listener.onFault(error, status);
  }

  gone(error: ProviderError | null): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.listener.onClosed(error);
  }

  /** Unique over the sessions of a test, as a provider's are. */
  private newId(kind: string): string {
    this.counter += 1;
    return `${kind}_${this.model}_${this.counter}`;
  }
}
