import type { Clock, Timer } from '@tandem/kit';
import type { Speak } from '../audio/voice.ts';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { SessionLines, type CallerScript } from '../conversation/caller-lines.ts';
import { CallerTurns, type Recognise } from '../conversation/caller-turns.ts';
import { Conversation, type Item } from '../conversation/conversation.ts';
import { clientItem, itemFault } from '../conversation/item-rules.ts';
import { Transcription } from '../conversation/transcription.ts';
import { badEvent } from '../faults/bad-events.ts';
import { ERRORS } from '../faults/fault-spec.ts';
import type { SessionFaults, Strike } from '../faults/session-faults.ts';
import { HostedServers, type HostedCallRecord, type HostedServerScript } from '../mcp/hosted-servers.ts';
import type { Recording } from '../recording/recording.ts';
import type { Pace } from '../responses/open-output.ts';
import type { RateLimits } from '../responses/rate-limits.ts';
import { Responses } from '../responses/responses.ts';
import { refusal, type ApiError } from '../wire/api-error.ts';
import { toAudioFormat } from '../wire/audio-format.ts';
import { readClientEvent } from '../wire/client-event.ts';
import { EventWriter, type Wire } from '../wire/event-writer.ts';
import type { IdSource } from '../wire/ids.ts';
import { asNumber, asObject, asString, at, type JsonObject, type Typed } from '../wire/json.ts';
import type { NullStyle } from '../wire/schema.ts';
import { defaultSession, mergeSession, type SessionKind } from '../wire/session-config.ts';
import { responseFault, updateFault } from '../wire/session-rules.ts';

/** Settings and services shared by all sessions of a simulator. */
export interface SessionEnvironment {
  readonly clock: Clock;
  readonly behaviour: Behaviour;
  readonly script: CallerScript;
  readonly pace: Pace;
  readonly speak: Speak;
  readonly recognise: Recognise | null;
  readonly rateLimits: RateLimits;
  readonly rateLimitsAt: 'start' | 'after-done';
  readonly nulls: NullStyle;
  /** The cap after which the server says `session_expired` and closes. */
  readonly maxSessionMs: number;
  /** Default none. */
  readonly mcpServers?: readonly HostedServerScript[];
  readonly transcriptionDelayMs: number;
  /** Whether user items keep their bytes. */
  readonly keepsAudio: boolean;
  /** Called for server events that do not fit the schema; null switches the self-check off. */
  readonly onMisfit: ((fault: string) => void) | null;
  readonly onBrokenPlan: (error: unknown) => void;
}

interface SessionStart {
  readonly id: string;
  readonly kind: SessionKind;
  readonly model: string;
  readonly ids: IdSource;
  readonly recording: Recording;
  readonly wire: Wire;
  /** Strikes that touch the socket; the session handles the others itself. */
  readonly onSocketStrike: (
    action: Extract<Strike, { kind: 'hang' | 'cut' | 'bad-event' | 'stall-reading' }>,
  ) => void;
}

/** Close code and text at the session cap, as recorded. */
const GOING_AWAY = 1001;

/** One Realtime session without its socket: reads the client's messages, keeps the state, answers. */
export class ModelSession {
  readonly id: string;
  readonly kind: SessionKind;
  readonly recording: Recording;
  readonly conversation: Conversation;
  readonly lines = new SessionLines();
  private readonly env: SessionEnvironment;
  private readonly start: SessionStart;
  private readonly writer: EventWriter;
  private readonly turns: CallerTurns;
  private readonly responses: Responses;
  private readonly transcription: Transcription;
  private readonly hosted: HostedServers;
  private readonly seeded: Typed[] = [];
  /** Words found in the audio, by utterance. */
  private readonly recognised = new Map<number, string>();
  private settings: JsonObject;
  private faults!: SessionFaults;
  private expiry: Timer | null = null;

  constructor(env: SessionEnvironment, start: SessionStart) {
    this.env = env;
    this.start = start;
    this.id = start.id;
    this.kind = start.kind;
    this.recording = start.recording;
    const { clock, nulls, onMisfit } = env;
    const expiresAt = Math.floor((clock.wallTime() + env.maxSessionMs) / 1000);
    this.settings = defaultSession({ id: start.id, kind: start.kind, model: start.model, expiresAt, nulls });
    this.writer = new EventWriter(start.wire, {
      ids: start.ids,
      recording: start.recording,
      nulls,
      onMisfit,
    });
    this.conversation = new Conversation(start.ids.take('conv'));
    const shared = {
      clock,
      writer: this.writer,
      recording: start.recording,
      conversation: this.conversation,
    };
    this.transcription = new Transcription(
      {
        ...shared,
        settings: () => at(this.settings, 'audio.input.transcription'),
        wordsOf: (n) => this.wordsOf(n),
        fails: () => this.faults.failsTranscription(),
      },
      env.transcriptionDelayMs,
    );
    this.turns = new CallerTurns(
      { ...shared, keepsAudio: env.keepsAudio, needsAudio: env.behaviour.needsAudio, ...this.turnEvents() },
      this.settings,
    );
    this.hosted = new HostedServers({
      ...shared,
      ids: start.ids,
      servers: env.mcpServers ?? [],
      faults: () => this.faults,
      session: () => this.settings,
    });
    this.responses = new Responses({
      ...shared,
      ids: start.ids,
      hosted: this.hosted,
      brain: env.behaviour.open(),
      pace: env.pace,
      speak: env.speak,
      rateLimits: env.rateLimits,
      rateLimitsAt: env.rateLimitsAt,
      faults: () => this.faults,
      session: () => this.settings,
      utterances: () => this.turns.utterances,
      onDone: (status, playbackMs) =>
        status === 'completed' || status === 'incomplete' ? this.turns.armIdle(playbackMs) : undefined,
      onBrokenPlan: env.onBrokenPlan,
    });
  }

  /** The session object as it is now: the last valid configuration. */
  get config(): JsonObject {
    return this.settings;
  }

  /** Items the client created, in order, as they were stored. */
  get seededItems(): readonly Typed[] {
    return this.seeded;
  }

  /** Calls of tools of servers that ran. */
  get hostedCalls(): readonly HostedCallRecord[] {
    return this.hosted.calls;
  }

  get ageMs(): number {
    return this.recording.ageMs;
  }

  /** Sends `session.created` and starts the clock of the session cap. */
  open(faults: SessionFaults): void {
    this.faults = faults;
    this.writer.emit('session.created', { session: this.settings });
    this.expiry = this.env.clock.after(this.env.maxSessionMs, () => this.expire());
  }

  /** Handles one text message of the client. */
  receive(text: string): void {
    this.faults.strikeDue();
    this.recording.noteIn(text);
    const read = readClientEvent(text);
    if (!read.ok) return this.writer.emitError(read.error, read.eventId);
    const error = this.handle(read.event);
    if (error) this.writer.emitError(error, asString(read.event['event_id']) ?? null);
  }

  receiveBinary(): void {
    this.writer.emitError(
      refusal('invalid_event', 'Expected a text WebSocket message; binary frames are not supported.'),
    );
  }

  /** A fault strikes. */
  strike(action: Strike): void {
    this.recording.counters.faults++;
    switch (action.kind) {
      case 'error-event':
        return this.writer.emitError(ERRORS[action.error]);
      case 'fail-response':
        return this.responses.fail(action.as);
      case 'expire':
        return this.expire();
      case 'hang':
        this.writer.hang();
        return this.start.onSocketStrike(action);
      case 'bad-event': {
        const text = badEvent(action.what, this.start.ids);
        if (text !== null) this.writer.sendRaw(text);
        return this.start.onSocketStrike(action);
      }
      case 'cut':
      case 'stall-reading':
        return this.start.onSocketStrike(action);
    }
  }

  /** The socket is closed: every timer stops and nothing more is sent. */
  close(): void {
    this.expiry?.cancel();
    this.turns.close();
    this.transcription.close();
    this.responses.close();
    this.hosted.close();
    this.faults.close();
    this.recording.close();
  }

  private handle(event: Typed): ApiError | null {
    switch (event.type) {
      case 'input_audio_buffer.append':
        return this.turns.append(event['audio'] as string);
      case 'input_audio_buffer.commit':
        return this.turns.commit();
      case 'input_audio_buffer.clear':
        this.turns.clear();
        return null;
      case 'session.update':
        return this.update(asObject(event['session']));
      case 'response.create':
        return this.respond(asObject(event['response']));
      case 'response.cancel':
        return this.responses.cancel(asString(event['response_id']));
      case 'output_audio_buffer.clear':
        return refusal(
          'invalid_value',
          'output_audio_buffer.clear is only supported for WebRTC and SIP sessions.',
          'type',
        );
      default:
        return this.handleItem(event);
    }
  }

  private handleItem(event: Typed): ApiError | null {
    const itemId = asString(event['item_id']) ?? '';
    switch (event.type) {
      case 'conversation.item.create':
        return this.createItem(asObject(event['item']), asString(event['previous_item_id']));
      case 'conversation.item.truncate':
        return this.truncate(
          itemId,
          asNumber(event['content_index']) ?? 0,
          asNumber(event['audio_end_ms']) ?? 0,
        );
      case 'conversation.item.delete': {
        const error = this.conversation.delete(itemId);
        if (!error) this.writer.emit('conversation.item.deleted', { item_id: itemId });
        return error;
      }
      default:
        return this.retrieve(itemId);
    }
  }

  private update(update: JsonObject): ApiError | null {
    if (this.faults.refusesUpdate())
      return refusal('unknown_parameter', "Unknown parameter: 'session.audio'.", 'session.audio');
    const history = { hasSpoken: this.responses.hasSpoken, isResponding: this.responses.isResponding };
    const error = updateFault(this.settings, update, history);
    if (error) return error;
    this.settings = mergeSession(this.settings, update, this.env.nulls);
    this.turns.configure(this.settings);
    this.writer.emit('session.updated', { session: this.settings });
    this.hosted.configure(this.settings);
    return null;
  }

  private respond(params: JsonObject): ApiError | null {
    if (this.kind === 'transcription')
      return refusal('invalid_value', 'A transcription session creates no responses.', 'type');
    const history = { hasSpoken: this.responses.hasSpoken, isResponding: this.responses.isResponding };
    return responseFault(this.settings, params, history) ?? this.responses.create('client', params);
  }

  private createItem(given: JsonObject, after: string | undefined): ApiError | null {
    const error = itemFault(this.conversation, given, after) ?? this.hosted.answerFault(given);
    if (error) return error;
    const item = clientItem(asString(given['id']) ?? this.start.ids.take('item'), given, () =>
      this.start.ids.take('call'),
    );
    this.conversation.insert(item, after);
    this.seeded.push(item.wire);
    const fields = { previous_item_id: this.conversation.previousId(item.id), item: item.wire };
    this.writer.emit('conversation.item.added', fields);
    this.writer.emit('conversation.item.done', fields);
    this.hosted.answered(given);
    return null;
  }

  private truncate(itemId: string, contentIndex: number, audioEndMs: number): ApiError | null {
    const error = this.conversation.truncate(itemId, contentIndex, audioEndMs);
    if (!error)
      this.writer.emit('conversation.item.truncated', {
        item_id: itemId,
        content_index: contentIndex,
        audio_end_ms: audioEndMs,
      });
    return error;
  }

  private retrieve(itemId: string): ApiError | null {
    const found = this.conversation.retrieve(itemId);
    if (!('wire' in found)) return found;
    this.writer.emit('conversation.item.retrieved', { item: withAudio(found) });
    return null;
  }

  private turnEvents(): {
    newItemId(): string;
    wordsOf(n: number): string;
    onUtterance(n: number, audio: Uint8Array | null): void;
    onSpeechStarted(interrupts: boolean): void;
    onTurnEnded(cause: 'turn' | 'idle', creates: boolean): void;
    onCommitted(item: Item, n: number | null): void;
  } {
    return {
      newItemId: () => this.start.ids.take('item'),
      wordsOf: (n) => this.wordsOf(n),
      onUtterance: (n, audio) => {
        const words =
          audio && this.env.recognise?.(audio, toAudioFormat(at(this.settings, 'audio.input.format')));
        if (words) this.recognised.set(n, words);
      },
      onSpeechStarted: (interrupts) => (interrupts ? this.responses.interrupt() : undefined),
      onTurnEnded: (cause, creates) => {
        if (!creates || this.kind === 'transcription') return;
        const error = this.responses.create(cause, {});
        if (error) this.writer.emitError(error);
      },
      onCommitted: (item, n) => this.transcription.begin(item, n),
    };
  }

  private wordsOf(utterance: number): string {
    const own = this.lines.all;
    const lines = own.length > 0 ? own : this.env.script.linesFor(this.settings['instructions']);
    return this.recognised.get(utterance) ?? lines[utterance] ?? '';
  }

  private expire(): void {
    const minutes = Math.max(1, Math.round(this.env.maxSessionMs / 60_000));
    const message = `Your session hit the maximum duration of ${minutes} minutes.`;
    this.writer.emitError(refusal('session_expired', message));
    this.writer.close(GOING_AWAY, message);
  }
}

/** A retrieved item carries the caller's audio, when it was kept. */
function withAudio(item: Item): JsonObject {
  if (!item.audio) return item.wire;
  const content = (item.wire['content'] as JsonObject[]).map((part) =>
    part['type'] === 'input_audio' ? { ...part, audio: item.audio?.toString('base64') } : part,
  );
  return { ...item.wire, content };
}
