import { sameFormat, type AudioFormat } from '@tandem/contracts';
import type { Clock, Timer } from '@tandem/kit';
import { InputAudioBuffer, type CutAudio } from '../audio/input-audio.ts';
import { TurnDetector, type TurnRules } from '../audio/vad.ts';
import type { Utterance } from '../behaviours/behaviour.ts';
import type { Recording } from '../recording/recording.ts';
import { refusal, type ApiError } from '../wire/api-error.ts';
import { toAudioFormat } from '../wire/audio-format.ts';
import { decodeBase64, MAX_APPEND_BYTES } from '../wire/client-event.ts';
import type { EventWriter } from '../wire/event-writer.ts';
import { at, type JsonObject } from '../wire/json.ts';
import { turnDetectionOf, type TurnDetectionConfig } from '../wire/turn-detection.ts';
import { newItem, type Conversation, type Item } from './conversation.ts';
import { notAudio } from './item-rules.ts';

/**
 * Semantic detection's longest waits, from the API reference, and how soon it ends a finished sentence
 * (ours).
 */
const SEMANTIC_WAITS = {
  low: { doneMs: 1200, maxMs: 8000 },
  medium: { doneMs: 600, maxMs: 4000 },
  high: { doneMs: 300, maxMs: 2000 },
} as const;

/** The least audio a client may commit. */
const MIN_COMMIT_MS = 100;

/**
 * How far the buffer reaches behind the padding in silence: the time it takes to detect a start of speech.
 */
const START_SLACK_MS = 200;

/** Uncommitted audio kept in manual mode; older audio is forgotten. */
const MAX_BUFFER_MS = 20 * 60_000;

/** Utterances a behaviour can look back on. */
const MAX_UTTERANCES = 64;

/** Finds words in the bytes of one utterance. */
export type Recognise = (audio: Uint8Array, format: AudioFormat) => string | null;

interface CallerTurnsHost {
  readonly clock: Clock;
  readonly writer: EventWriter;
  readonly recording: Recording;
  readonly conversation: Conversation;
  /** Whether items keep their bytes. */
  readonly keepsAudio: boolean;
  /** Whether the behaviour needs the bytes of the last utterance. */
  readonly needsAudio: boolean;
  newItemId(): string;
  wordsOf(utterance: number): string;
  /** The n-th utterance, with its bytes where they are kept. */
  onUtterance(utterance: number, audio: Uint8Array | null): void;
  /** The caller began to speak: cancels the running response if the session is configured so. */
  onSpeechStarted(interrupts: boolean): void;
  /** A turn ended by detection or by the idle timeout; a response follows if the session is configured so. */
  onTurnEnded(cause: 'turn' | 'idle', createsResponse: boolean): void;
  /** `utterance` is null for the silence of an idle timeout. */
  onCommitted(item: Item, utterance: number | null): void;
}

/** The caller's side of a session: the input buffer, turn detection, commits, and the idle timeout. */
export class CallerTurns {
  private readonly host: CallerTurnsHost;
  private readonly buffer: InputAudioBuffer;
  /** The latest ones; only the last keeps its bytes, unless the session keeps audio. */
  private committed: Utterance[] = [];
  private spoken = 0;
  private config: TurnDetectionConfig | null = null;
  private detector: TurnDetector | null = null;
  private pending: { itemId: string; startMs: number } | null = null;
  private idleTimer: Timer | null = null;

  constructor(host: CallerTurnsHost, session: JsonObject) {
    this.host = host;
    this.buffer = new InputAudioBuffer(
      toAudioFormat(at(session, 'audio.input.format')),
      host.keepsAudio || host.needsAudio,
    );
    this.configure(session);
  }

  /** The latest utterances of the caller, with the words known by now. */
  get utterances(): readonly Utterance[] {
    return this.committed.map((utterance) => ({ ...utterance, text: this.host.wordsOf(utterance.index) }));
  }

  get isSpeaking(): boolean {
    return this.detector?.isSpeaking === true;
  }

  /**
   * Applies format and turn detection. A turn in progress continues unless the format or the kind of
   * detection changes.
   */
  configure(session: JsonObject): void {
    const format = toAudioFormat(at(session, 'audio.input.format'));
    const before = this.config;
    this.config = turnDetectionOf(session);
    const isNewFormat = !sameFormat(format, this.buffer.format);
    if (isNewFormat) this.buffer.changeFormat(format);
    if (this.config === null) {
      this.detector = null;
      this.pending = null;
      this.cancelIdle();
      return;
    }
    const rules = this.rulesOf(this.config);
    if (this.detector && before?.kind === this.config.kind && !isNewFormat) this.detector.adjust(rules);
    else this.startDetector(rules, format);
  }

  /** `input_audio_buffer.append`. No event answers it. */
  append(audio: string): ApiError | null {
    const bytes = decodeBase64(audio);
    const { format } = this.buffer;
    const isWide = format.encoding === 'pcm16';
    if (bytes === null || (isWide && bytes.length % 2 === 1)) return notAudio('audio', expectedAudio(format));
    if (bytes.length > MAX_APPEND_BYTES)
      return notAudio('audio', `at most ${MAX_APPEND_BYTES} bytes of audio`);
    this.host.recording.noteAudioIn(bytes);
    this.buffer.append(bytes);
    this.detector?.push(bytes);
    this.trim();
    return null;
  }

  /** `input_audio_buffer.commit`: makes an item, never a response. */
  commit(): ApiError | null {
    const { lengthMs } = this.buffer;
    if (lengthMs < MIN_COMMIT_MS) {
      const message =
        `Error committing input audio buffer: buffer too small. Expected at least ${MIN_COMMIT_MS}ms of ` +
        `audio, but buffer only has ${lengthMs.toFixed(2)}ms of audio.`;
      return refusal('input_audio_buffer_commit_empty', message);
    }
    const itemId = this.pending?.itemId ?? this.host.newItemId();
    this.reset();
    this.commitItem(itemId, this.buffer.cut(), false);
    return null;
  }

  /** `input_audio_buffer.clear`. */
  clear(): void {
    this.buffer.clear();
    this.reset();
    this.host.writer.emit('input_audio_buffer.cleared', {});
  }

  /** A response has ended, and its audio plays on for `playbackMs`; the idle timeout counts from then. */
  armIdle(playbackMs: number): void {
    this.cancelIdle();
    const timeoutMs = this.config?.idleTimeoutMs ?? null;
    if (timeoutMs === null || this.config?.createsResponse !== true || this.isSpeaking) return;
    this.idleTimer = this.host.clock.after(playbackMs, () => {
      const startMs = this.buffer.writtenMs;
      this.idleTimer = this.host.clock.after(timeoutMs, () => this.onIdle(startMs));
    });
  }

  close(): void {
    this.cancelIdle();
  }

  private rulesOf(config: TurnDetectionConfig): TurnRules {
    const waits = SEMANTIC_WAITS[config.eagerness];
    return {
      threshold: config.threshold,
      prefixPaddingMs: config.prefixPaddingMs,
      silenceMs:
        config.kind === 'server_vad'
          ? () => config.silenceMs
          : () => (this.isFinished() ? waits.doneMs : waits.maxMs),
    };
  }

  /** Returns whether the words of the current turn end a sentence. Unknown words count as finished. */
  private isFinished(): boolean {
    const words = this.host.wordsOf(this.spoken).trim();
    return words === '' || /[.?!]["'”’)]*$/.test(words);
  }

  private startDetector(rules: TurnRules, format: AudioFormat): void {
    this.pending = null;
    this.detector = new TurnDetector(format, rules, this.buffer.writtenMs, {
      onSpeechStarted: (startMs) => this.onSpeechStarted(startMs),
      onSpeechStopped: (endMs) => this.onSpeechStopped(endMs),
    });
  }

  private onSpeechStarted(startMs: number): void {
    this.cancelIdle();
    const itemId = this.host.newItemId();
    this.pending = { itemId, startMs };
    this.host.writer.emit('input_audio_buffer.speech_started', { audio_start_ms: startMs, item_id: itemId });
    this.host.onSpeechStarted(this.config?.interruptsResponse === true);
  }

  private onSpeechStopped(endMs: number): void {
    const pending = this.pending ?? { itemId: this.host.newItemId(), startMs: endMs };
    this.pending = null;
    this.host.writer.emit('input_audio_buffer.speech_stopped', {
      audio_end_ms: endMs,
      item_id: pending.itemId,
    });
    this.commitItem(pending.itemId, this.buffer.cut(pending.startMs, endMs), false);
    this.host.onTurnEnded('turn', this.config?.createsResponse === true);
  }

  private onIdle(startMs: number): void {
    this.idleTimer = null;
    if (this.isSpeaking) return;
    const itemId = this.host.newItemId();
    const span = { audio_start_ms: Math.round(startMs), audio_end_ms: Math.round(this.buffer.writtenMs) };
    this.host.writer.emit('input_audio_buffer.timeout_triggered', { ...span, item_id: itemId });
    this.detector?.reset();
    this.commitItem(itemId, this.buffer.cut(), true);
    this.host.onTurnEnded('idle', true);
  }

  /** Silence of the idle timeout becomes an item like speech, but is no utterance and uses up no words. */
  private commitItem(itemId: string, audio: CutAudio, isSilence: boolean): void {
    const { writer, conversation } = this.host;
    const part =
      writer.nulls === 'observed' ? { type: 'input_audio', transcript: null } : { type: 'input_audio' };
    const item = newItem(itemId, 'caller', {
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [part],
    });
    item.audioMs = audio.durationMs;
    item.audio = this.host.keepsAudio ? audio.bytes : null;
    const previous = conversation.tailId;
    writer.emit('input_audio_buffer.committed', { previous_item_id: previous, item_id: itemId });
    conversation.insert(item);
    writer.emit('conversation.item.added', { previous_item_id: previous, item: item.wire });
    writer.emit('conversation.item.done', { previous_item_id: previous, item: item.wire });
    this.host.onCommitted(item, isSilence ? null : this.remember(itemId, audio));
  }

  /** Returns the number of the utterance, counted from 0. */
  private remember(itemId: string, audio: CutAudio): number {
    const index = this.spoken++;
    this.host.onUtterance(index, audio.bytes);
    const before = this.committed.slice(1 - MAX_UTTERANCES);
    const kept = this.host.keepsAudio ? before : before.map((utterance) => ({ ...utterance, audio: null }));
    this.committed = [
      ...kept,
      {
        itemId,
        index,
        text: '',
        durationMs: audio.durationMs,
        format: this.buffer.format,
        audio: audio.bytes,
      },
    ];
    return index;
  }

  private reset(): void {
    this.pending = null;
    this.detector?.reset();
  }

  private trim(): void {
    const { writtenMs, lengthMs } = this.buffer;
    if (!this.detector || !this.config) {
      if (lengthMs > MAX_BUFFER_MS) this.buffer.forgetBefore(writtenMs - MAX_BUFFER_MS);
      return;
    }
    if (this.isSpeaking) return;
    // Keeping a second more than needed makes the trimming rare.
    const keepMs = this.config.prefixPaddingMs + START_SLACK_MS;
    if (lengthMs > keepMs + 1000) this.buffer.forgetBefore(writtenMs - keepMs);
  }

  private cancelIdle(): void {
    this.idleTimer?.cancel();
    this.idleTimer = null;
  }
}

function expectedAudio(format: AudioFormat): string {
  const kind = { pcm16: 'mono PCM16 at 24kHz', pcmu: 'G.711 µ-law at 8kHz', pcma: 'G.711 A-law at 8kHz' }[
    format.encoding
  ];
  return `base64-encoded audio bytes (${kind})`;
}
