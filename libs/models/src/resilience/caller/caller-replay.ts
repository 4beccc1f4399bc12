import { bytesPerMs, type AudioFormat, type ItemId } from '@tandem/contracts';
import type { AudioFrame } from '@tandem/conversation';
import { hasVoiceEnergy } from '../../energy-gate.ts';
import { RecentAudio } from './recent-audio.ts';

/** One stretch of the caller's speech whose words are not known yet. */
export interface OpenUtterance {
  /** The id the conversation knows. */
  readonly itemId: ItemId;
  /** Position of its first byte. */
  readonly from: number;
  /** Position behind its last byte; null while the caller speaks. */
  stoppedAt: number | null;
  isBeingAnswered: boolean;
}

const FRAME_MS = 20;
/** Most audio kept of an utterance without words. */
const MAX_MS = 10_000;
/** Most audio kept of speech the provider has not noticed. */
const MAX_UNNOTICED_MS = 6_000;
/** Audio kept of a quiet line. */
const PRE_ROLL_MS = 600;
const MAX_OPEN = 8;
const MAX_NAMES = 32;

/**
 * The caller's audio that would be lost with a session: the last moment of a quiet line, and all speech that
 * is not in the history yet, even if a hung session never reported it. It is replayed into the next session,
 * faster than real time. What that session then reports is known to the conversation already, so it keeps its
 * old ids and is not reported twice.
 */
export class CallerReplay {
  private readonly audio: RecentAudio;
  private readonly bytesPerMs: number;
  /** Up to this position all words are known, or never will be. */
  private covered = 0;
  private open: OpenUtterance[] = [];
  /** Replayed into the session in use, and not yet noticed by it. */
  private awaited: OpenUtterance[] = [];
  private readonly names = new Map<ItemId, ItemId>();
  /** Where speech begins to which the session in use has not reacted by any event; null for none. */
  private unnoticedFrom: number | null = null;
  private lastVoiceEnd = 0;

  constructor(private readonly format: AudioFormat) {
    this.bytesPerMs = bytesPerMs(format);
    this.audio = new RecentAudio(MAX_MS * this.bytesPerMs);
  }

  /** Bytes of utterances longer than what is kept. */
  get droppedBytes(): number {
    return this.audio.droppedBytes;
  }

  /** How long the caller has waited for a reaction to their speech. */
  get waitedMs(): number {
    return this.unnoticedFrom === null && this.isSettled
      ? 0
      : (this.audio.end - this.lastVoiceEnd) / this.bytesPerMs;
  }

  get isSettled(): boolean {
    return this.open.length === 0;
  }

  get isSpeaking(): boolean {
    return this.open.some(({ stoppedAt }) => stoppedAt === null);
  }

  get isAwaiting(): boolean {
    return this.awaited.length > 0;
  }

  push(frame: AudioFrame): void {
    const at = this.audio.end;
    this.audio.push(frame);
    if (hasVoiceEnergy(frame, this.format)) {
      this.lastVoiceEnd = this.audio.end;
      this.unnoticedFrom ??= at;
    }
    this.trim();
  }

  /** The session in use has sent an event: what it does not report is no speech. */
  onEvent(): void {
    this.unnoticedFrom = null;
  }

  /** Returns the id under which the utterance is new to the conversation, or null when it is known. */
  onSpeechStarted(itemId: ItemId): ItemId | null {
    const known = this.awaited.shift();
    if (known) {
      if (this.names.size >= MAX_NAMES) this.names.clear();
      this.names.set(itemId, known.itemId);
      return null;
    }
    if (this.open.length >= MAX_OPEN) this.open.shift();
    this.open.push({
      itemId,
      from: Math.max(this.covered, this.audio.start, this.audio.end - this.bytes(PRE_ROLL_MS)),
      stoppedAt: null,
      isBeingAnswered: false,
    });
    return itemId;
  }

  onSpeechStopped(itemId: ItemId): ItemId | null {
    const name = this.nameOf(itemId);
    const utterance = this.open.find((candidate) => candidate.itemId === name);
    if (!utterance) return name;
    if (utterance.stoppedAt !== null) return null;
    utterance.stoppedAt = this.audio.end;
    return name;
  }

  nameOf(itemId: ItemId): ItemId {
    return this.names.get(itemId) ?? itemId;
  }

  /** The words are known. Returns the id the conversation knows. */
  onTranscribed(itemId: ItemId): ItemId {
    const name = this.nameOf(itemId);
    this.names.delete(itemId);
    const utterance = this.open.find((candidate) => candidate.itemId === name);
    if (utterance) this.cover(utterance);
    return name;
  }

  /** A response begins: it answers the utterances that are over. */
  markAnswering(): void {
    for (const utterance of this.open) utterance.isBeingAnswered = utterance.stoppedAt !== null;
  }

  /** The response is completed: what it answered need not be replayed, even without words. */
  markAnswered(): void {
    for (const utterance of this.open.filter(({ isBeingAnswered }) => isBeingAnswered)) this.cover(utterance);
  }

  /** Returns the audio for the next session, oldest first. */
  replay(): AudioFrame[] {
    this.names.clear();
    this.awaited = [...this.open];
    return this.audio.frames(this.bytes(FRAME_MS));
  }

  /** Gives up on replayed utterances that the session in use has not noticed, and returns them. */
  abandonAwaited(): OpenUtterance[] {
    const given = this.awaited;
    this.awaited = [];
    for (const utterance of given) this.cover(utterance);
    return given;
  }

  private bytes(ms: number): number {
    return ms * this.bytesPerMs;
  }

  private unnoticedStart(): number {
    const { end } = this.audio;
    return this.unnoticedFrom === null
      ? end
      : Math.max(this.unnoticedFrom, end - this.bytes(MAX_UNNOTICED_MS));
  }

  private cover(utterance: OpenUtterance): void {
    this.open = this.open.filter((candidate) => candidate !== utterance);
    this.awaited = this.awaited.filter((candidate) => candidate !== utterance);
    this.covered = Math.max(this.covered, utterance.stoppedAt ?? this.audio.end);
    this.trim();
  }

  private trim(): void {
    this.audio.forget(
      this.open[0]?.from ?? Math.max(this.covered, this.unnoticedStart() - this.bytes(PRE_ROLL_MS)),
    );
  }
}
