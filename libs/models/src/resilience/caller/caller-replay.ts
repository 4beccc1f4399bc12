import { bytesPerMs, type AudioFormat, type ItemId } from '@tandem/contracts';
import type { AudioFrame } from '@tandem/conversation';
import { hasVoiceEnergy } from '../../energy-gate.ts';
import { RecentAudio } from './recent-audio.ts';

/** One stretch of the caller's speech whose words are not known yet. */
export interface OpenUtterance {
  /** As the conversation was told. */
  readonly itemId: ItemId;
  /** Place of its first byte. */
  readonly from: number;
  /** Place behind its last; null while the caller speaks. */
  stoppedAt: number | null;
  isBeingAnswered: boolean;
}

const FRAME_MS = 20;
/** Of an utterance without words. */
const MAX_MS = 10_000;
/** Of speech nobody noticed. */
const MAX_UNNOTICED_MS = 6_000;
/** Of a quiet line. */
const PRE_ROLL_MS = 600;
const MAX_OPEN = 8;
const MAX_NAMES = 32;

/**
 * The caller's audio that would be lost with a session: the last moment of a quiet line, and the whole of
 * what was said and is not in the history yet, be it that a session that hangs has not even noticed it.
 * Played into the next session it is heard again there, as fast as it is sent; what that session hears then
 * is what the conversation was told of before, so it goes by the old names and is not told twice.
 */
export class CallerReplay {
  private readonly audio: RecentAudio;
  private readonly bytesPerMs: number;
  /** The words of everything before this place are known, or will not be. */
  private covered = 0;
  private open: OpenUtterance[] = [];
  /** Played into the session in use, and not yet heard by it. */
  private awaited: OpenUtterance[] = [];
  private readonly names = new Map<ItemId, ItemId>();
  /** Where speech begins that the session in use has not reacted to by any event; null for none. */
  private unnoticedFrom: number | null = null;
  private lastLoud = 0;

  constructor(private readonly format: AudioFormat) {
    this.bytesPerMs = bytesPerMs(format);
    this.audio = new RecentAudio(MAX_MS * this.bytesPerMs);
  }

  /** Of utterances longer than what is kept. */
  get droppedBytes(): number {
    return this.audio.droppedBytes;
  }

  /** How long the caller has been waiting for a reaction to what they said. */
  get waitedMs(): number {
    return this.unnoticedFrom === null && this.isSettled
      ? 0
      : (this.audio.end - this.lastLoud) / this.bytesPerMs;
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
      this.lastLoud = this.audio.end;
      this.unnoticedFrom ??= at;
    }
    this.forget();
  }

  /** The session in use is at work: what it does not react to is nothing. */
  heard(): void {
    this.unnoticedFrom = null;
  }

  /** Answers what the conversation is to be told: the utterance by its name, or null when it knows. */
  started(itemId: ItemId): ItemId | null {
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

  stopped(itemId: ItemId): ItemId | null {
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

  /** The words are known. Answers the utterance's name. */
  onTranscribed(itemId: ItemId): ItemId {
    const name = this.nameOf(itemId);
    this.names.delete(itemId);
    const utterance = this.open.find((candidate) => candidate.itemId === name);
    if (utterance) this.cover(utterance);
    return name;
  }

  /** A response begins: it answers what was said by now. */
  markAnswering(): void {
    for (const utterance of this.open) utterance.isBeingAnswered = utterance.stoppedAt !== null;
  }

  /** It came to its end: even without words there is no need to hear it again. */
  markAnswered(): void {
    for (const utterance of this.open.filter(({ isBeingAnswered }) => isBeingAnswered)) this.cover(utterance);
  }

  /** What the next session is to hear, oldest first. */
  replay(): AudioFrame[] {
    this.names.clear();
    this.awaited = [...this.open];
    return this.audio.frames(this.bytes(FRAME_MS));
  }

  /** Utterances the session in use did not hear in what was played to it: nothing of them will come. */
  abandonAwaited(): OpenUtterance[] {
    const given = this.awaited;
    this.awaited = [];
    for (const utterance of given) this.cover(utterance);
    return given;
  }

  private bytes(ms: number): number {
    return ms * this.bytesPerMs;
  }

  private unnoticed(): number {
    const { end } = this.audio;
    return this.unnoticedFrom === null
      ? end
      : Math.max(this.unnoticedFrom, end - this.bytes(MAX_UNNOTICED_MS));
  }

  private cover(utterance: OpenUtterance): void {
    this.open = this.open.filter((candidate) => candidate !== utterance);
    this.awaited = this.awaited.filter((candidate) => candidate !== utterance);
    this.covered = Math.max(this.covered, utterance.stoppedAt ?? this.audio.end);
    this.forget();
  }

  private forget(): void {
    this.audio.forget(
      this.open[0]?.from ?? Math.max(this.covered, this.unnoticed() - this.bytes(PRE_ROLL_MS)),
    );
  }
}
