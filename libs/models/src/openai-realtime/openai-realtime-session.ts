import { bytesPerMs, ProviderError, type ItemId } from '@tandem/contracts';
import {
  AudioFrame,
  type Clock,
  type ModelSessionChange,
  type ModelSessionListener,
  type ModelSessionSetup,
  type ModelToolCall,
  type SpeakRequest,
  type Timer,
  type VoiceModelSession,
} from '@tandem/conversation';
import type { RealtimeClientEvent } from 'openai/resources/realtime/realtime';
import { WebSocket, type ClientOptions } from 'ws';
import { Liveness, type LivenessLimits } from './liveness.ts';
import { NO_ANSWER } from '../provider-failures.ts';
import {
  connectionError,
  errorOfClose,
  errorOfEvent,
  errorOfResponse,
  errorOfStatus,
  FATAL,
  HARMLESS,
} from './wire/realtime-errors.ts';
import { appendAudio, historyItem, responseCreate } from './wire/client-events.ts';
import { NO_CHANGE, sessionChange, sessionUpdate } from './wire/session-update.ts';
import { parseOpenAiEvent, type OpenAiEvent, type RateLimit } from './wire/server-events.ts';
import { HostedTools } from './hosted-tools.ts';
import { ResponseRequests } from './response-requests.ts';

export interface OpenAiSessionOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
  /** Time limit from the connection to the configured session. */
  readonly openTimeoutMs: number;
  /** Audio is dropped while more than this waits in our socket: the provider does not keep up. */
  readonly maxBufferedBytes: number;
  readonly liveness: LivenessLimits;
  readonly onRateLimits: (limits: readonly RateLimit[]) => void;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Opens the socket; a benchmark puts one without a network here. */
  readonly connect: (url: string, options: ClientOptions) => WebSocket;
}

/** Plain numbers, read by each scrape. */
export interface OpenAiSessionCounters {
  droppedFrames: number;
  malformedEvents: number;
  errorEvents: number;
}

/** The largest event accepted from the server. */
const MAX_EVENT_BYTES = 4 * 1024 * 1024;
const MAX_TRACKED_ITEMS = 256;
const MAX_UNFINISHED_CALLS = 16;
/** Sends bytes as a text message, which the library masks and frames in one copy and one write. */
const AS_TEXT = { binary: false };
const CLOSE_NORMAL = 1000;
const CLOSE_PATIENCE_MS = 1_000;

/**
 * One Realtime session over one socket. Fails once and for good; opening another is the caller's decision.
 */
export class OpenAiRealtimeSession implements VoiceModelSession {
  readonly provider = 'openai-realtime';
  readonly model: string;
  readonly voice: string;
  readonly counters: OpenAiSessionCounters = { droppedFrames: 0, malformedEvents: 0, errorEvents: 0 };
  private readonly socket: WebSocket;
  private readonly openTimer: Timer;
  private readonly responses: ResponseRequests;
  private readonly hosted: HostedTools;
  private readonly liveness: Liveness;
  private readonly bytesPerMs: number;
  /** Audio received per item, in bytes: truncating beyond it is an error. */
  private readonly received = new Map<ItemId, number>();
  private readonly toolNames = new Map<ItemId, string>();
  private readonly partialTexts = new Map<ItemId, string>();
  private readonly unfinishedCalls: ModelToolCall[] = [];
  private speaking: ItemId | null = null;
  private pushedBytes = 0;
  private state: 'opening' | 'configuring' | 'ready' | 'closed' = 'opening';

  constructor(
    private setup: ModelSessionSetup,
    private readonly listener: ModelSessionListener,
    private readonly options: OpenAiSessionOptions,
  ) {
    this.model = options.model;
    this.voice = setup.voice;
    this.responses = new ResponseRequests(
      (request, requestId) => this.send(responseCreate(request, requestId, this.setup.instructions)),
      (responseId) => this.send({ type: 'response.cancel', response_id: responseId }),
    );
    this.hosted = new HostedTools({
      clock: options.clock,
      listener,
      send: (event) => this.send(event),
      addNote: (text) => this.addNote(text),
    });
    this.bytesPerMs = bytesPerMs(setup.inputFormat);
    this.liveness = new Liveness(options.clock, setup.inputFormat, options.liveness, {
      ping: () => this.socket.ping(),
      probe: () => this.send(NO_CHANGE),
      onDead: () => this.fail(connectionError(NO_ANSWER, 'The Realtime API has stopped answering.')),
    });
    this.socket = options.connect(options.url, {
      headers: options.headers,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: MAX_EVENT_BYTES,
      handshakeTimeout: options.openTimeoutMs,
    });
    this.openTimer = options.clock.after(options.openTimeoutMs, () =>
      this.fail(
        connectionError(
          'open-timeout',
          `The Realtime API did not open a session within ${options.openTimeoutMs} ms.`,
        ),
      ),
    );
    this.listenToSocket();
  }

  pushAudio(frame: AudioFrame): void {
    if (this.state !== 'ready' || this.socket.bufferedAmount > this.options.maxBufferedBytes) {
      this.counters.droppedFrames += 1;
      return;
    }
    this.pushedBytes += frame.byteLength;
    this.socket.send(appendAudio(frame.base64Ascii), AS_TEXT);
    this.liveness.onSent(frame, frame.byteLength / this.bytesPerMs);
  }

  respond(request: SpeakRequest): void {
    if (this.state === 'ready') this.responses.add(request);
  }

  cancelResponse(): void {
    this.responses.cancelAll();
  }

  truncate(itemId: ItemId, heardMs: number): void {
    const bytes = this.received.get(itemId);
    if (!bytes) return; // The server refuses to truncate an item without audio.
    const receivedMs = Math.floor(bytes / bytesPerMs(this.setup.outputFormat));
    this.send({
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: Math.max(0, Math.min(Math.floor(heardMs), receivedMs)),
    });
  }

  sendToolResult(providerCallId: string, output: string): void {
    if (!this.hosted.tellOutcome(providerCallId, output))
      this.send(historyItem({ kind: 'tool-result', providerCallId, output }));
  }

  decideToolCall(providerCallId: string, refusal: string | null): void {
    this.hosted.decide(providerCallId, refusal);
  }

  addNote(text: string): void {
    this.send(historyItem({ kind: 'note', text }));
  }

  addCallerText(text: string): void {
    this.send(historyItem({ kind: 'caller', text }));
  }

  change(change: ModelSessionChange): void {
    this.send(sessionChange(change, this.setup));
    if (change.tools) this.hosted.declare(change.tools);
    this.setup = { ...this.setup, ...change };
  }

  /** Does nothing: the session above decides on renewal. */
  onIdle(): void {}

  abandon(error: ProviderError): void {
    this.fail(error);
  }

  finishInput(): void {
    if (this.speaking !== null) this.send({ type: 'input_audio_buffer.commit' });
  }

  close(): void {
    this.end(null);
  }

  private listenToSocket(): void {
    this.socket.on('message', (data) => this.onMessage(data as Buffer));
    this.socket.on('pong', () => this.liveness.onPong());
    this.socket.on('unexpected-response', (_request, response) => {
      const requestId = response.headers['x-request-id'];
      response.resume();
      this.fail(
        errorOfStatus(response.statusCode ?? 0, typeof requestId === 'string' ? requestId : undefined),
      );
    });
    this.socket.on('error', (error) =>
      this.fail(connectionError('socket-error', 'The connection to the Realtime API failed.', error)),
    );
    this.socket.on('close', (code) => this.fail(errorOfClose(code)));
  }

  private send(event: RealtimeClientEvent): void {
    if (this.state !== 'closed' && this.socket.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify(event));
  }

  private onMessage(data: Buffer): void {
    if (this.state === 'closed') return;
    this.liveness.onEvent();
    const event = parseOpenAiEvent(data.toString());
    if (event === 'ignored') return;
    if (event === 'malformed') {
      this.counters.malformedEvents += 1;
      return;
    }
    try {
      (this.on[event.type] as ((event: OpenAiEvent) => void) | undefined)?.(event);
      (this.hosted.on[event.type] as ((event: OpenAiEvent) => void) | undefined)?.(event);
    } catch (error) {
      this.options.onError(error);
      this.fail(
        new ProviderError('Handling an event of the Realtime API failed.', {
          provider: this.provider,
          code: 'internal',
          category: 'unknown',
          cause: error,
        }),
      );
    }
  }

  private readonly on: {
    readonly [Type in OpenAiEvent['type']]?: (event: Extract<OpenAiEvent, { type: Type }>) => void;
  } = {
    'response.output_audio.delta': ({ delta, byteLength, item_id, response_id }) => {
      this.received.set(item_id, (this.received.get(item_id) ?? 0) + byteLength);
      this.listener.onAudio(AudioFrame.fromBase64(delta, byteLength), item_id, response_id);
    },
    'session.created': () => {
      if (this.state !== 'opening') return;
      this.state = 'configuring';
      this.send(sessionUpdate(this.setup));
      this.hosted.declare(this.setup.tools);
    },
    'session.updated': () => {
      if (this.state !== 'configuring') return;
      for (const item of this.setup.history()) this.send(historyItem(item));
      this.openTimer.cancel();
      this.state = 'ready';
      this.liveness.start();
      this.listener.onReady();
    },
    'input_audio_buffer.speech_started': ({ item_id }) => {
      this.speaking = item_id;
      if (this.setup.turnOwner === 'model') this.responses.stoppedByServer();
      this.listener.onCallerSpeechStarted(item_id);
    },
    'input_audio_buffer.speech_stopped': ({ item_id, audio_end_ms }) =>
      this.onSpeechStopped(item_id, this.pushedMs - audio_end_ms + this.endSilenceMs),
    'input_audio_buffer.committed': ({ item_id }) => this.onSpeechStopped(item_id, 0),
    'conversation.item.input_audio_transcription.delta': ({ item_id, delta }) => {
      const text = (this.partialTexts.get(item_id) ?? '') + delta;
      remember(this.partialTexts, item_id, text.slice(0, 20_000));
      this.listener.onCallerText(item_id, text, false);
    },
    'conversation.item.input_audio_transcription.completed': ({ item_id, transcript, usage }) => {
      this.onTranscribed(item_id, transcript);
      if (usage) this.listener.onUsage?.(this.setup.transcriptionModel, usage);
    },
    'conversation.item.input_audio_transcription.failed': ({ item_id, error }) => {
      this.listener.onTranscriptionFailed?.(errorOfEvent(error));
      this.onTranscribed(item_id, this.partialTexts.get(item_id) || null);
    },
    'response.created': ({ response }) => {
      this.responses.started(response.id, response.metadata?.request);
      this.listener.onResponseStarted(response.id);
    },
    'response.output_item.added': ({ item }) => {
      if (item.type === 'function_call' && item.name) remember(this.toolNames, item.id, item.name);
      else if (item.type === 'message') remember(this.received, item.id, 0);
      else this.hosted.itemAdded(item);
    },
    'response.output_audio_transcript.delta': ({ item_id, delta }) =>
      this.listener.onAgentText(item_id, delta),
    'response.output_item.done': ({ item, response_id }) => {
      if (item.type === 'message') this.listener.onItemDone(item.id, response_id);
      else this.hosted.itemDone(item);
    },
    'response.function_call_arguments.done': (done) => {
      const name = done.name ?? this.toolNames.get(done.item_id) ?? '';
      const toolCall = {
        providerCallId: done.call_id,
        responseId: done.response_id,
        name,
        argumentsJson: done.arguments,
      };
      if (isWhole(toolCall)) this.listener.onToolCall(toolCall);
      else if (this.unfinishedCalls.length < MAX_UNFINISHED_CALLS) this.unfinishedCalls.push(toolCall);
    },
    'response.done': ({ response }) => {
      for (const toolCall of this.unfinishedCalls.splice(0))
        if (response.status === 'completed') this.listener.onToolCall(toolCall);
      const error = errorOfResponse(response);
      if (error) this.listener.onFault(error, response.status);
      // The listener goes first: what it requests now lines up behind the requests that wait.
      this.listener.onResponseDone(response.id, response.status, response.usage ?? null);
      this.responses.done(response.id);
    },
    'rate_limits.updated': ({ rate_limits }) => this.options.onRateLimits(rate_limits),
    error: ({ error }) => this.onErrorEvent(error),
  };

  /** Audio handed to the provider's buffer so far. */
  private get pushedMs(): number {
    return this.pushedBytes / bytesPerMs(this.setup.inputFormat);
  }

  /** How far the reported end of a turn lies behind its last sound. */
  private get endSilenceMs(): number {
    const { turnDetection } = this.setup;
    return turnDetection.kind === 'server-vad' ? turnDetection.silenceMs : 0;
  }

  private onSpeechStopped(itemId: ItemId, endedAgoMs: number): void {
    if (this.speaking !== itemId) return;
    this.speaking = null;
    this.listener.onCallerSpeechStopped(itemId, Math.max(0, endedAgoMs));
  }

  private onTranscribed(itemId: ItemId, text: string | null): void {
    this.partialTexts.delete(itemId);
    this.listener.onCallerText(itemId, text, true);
  }

  private onErrorEvent(error: {
    type: string;
    code?: string | null | undefined;
    event_id?: string | null | undefined;
  }): void {
    const code = error.code ?? '';
    const isOurs =
      typeof error.event_id === 'string' &&
      this.responses.refused(error.event_id, code === 'conversation_already_has_active_response');
    if (HARMLESS.has(code) || (isOurs && code === 'conversation_already_has_active_response')) return;
    this.counters.errorEvents += 1;
    if (this.state === 'ready' && !FATAL.has(code)) this.listener.onFault(errorOfEvent(error));
    else this.fail(errorOfEvent(error));
  }

  private fail(error: ProviderError): void {
    this.end(error);
  }

  private end(error: ProviderError | null): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.openTimer.cancel();
    this.liveness.stop();
    this.hosted.stop();
    // A failed peer may never answer a close frame; a working one gets a moment to.
    if (error || this.socket.readyState !== WebSocket.OPEN) this.socket.terminate();
    else this.socket.close(CLOSE_NORMAL);
    const patience = this.options.clock.after(CLOSE_PATIENCE_MS, () => this.socket.terminate());
    this.socket.once('close', () => patience.cancel());
    this.options.clock.after(0, () => this.listener.onClosed(error));
  }
}

/** A response that was stopped reports its tool calls as far as they came: only a closed object is whole. */
function isWhole({ argumentsJson }: ModelToolCall): boolean {
  return argumentsJson.trimEnd().endsWith('}');
}

function remember<Value>(map: Map<ItemId, Value>, key: ItemId, value: Value): void {
  if (map.size >= MAX_TRACKED_ITEMS && !map.has(key)) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}
