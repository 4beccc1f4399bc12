import type { AudioFormat, ItemId } from '@tandem/contracts';
import type { AudioFrame } from '@tandem/conversation';
import { seemsLoud } from '../rough-loudness.ts';

/** One stretch of the caller's speech whose words are not known yet. */
export interface OpenUtterance {
  /** As the conversation was told. */
  readonly itemId: ItemId;
  /** Number of its first frame. */
  readonly from: number;
  /** Number of the frame after its last; null while the caller speaks. */
  stoppedAt: number | null;
  isBeingAnswered: boolean;
}

const FRAME_MS = 20;
/** Ten seconds of an utterance without words, six of speech nobody noticed, 600 ms of a quiet line. */
const MAX_FRAMES = 500;
const MAX_UNNOTICED_FRAMES = 300;
const PRE_ROLL_FRAMES = 30;
const MAX_OPEN = 8;
const MAX_NAMES = 32;

/**
 * The caller's audio that would be lost with a session: the last moment of a quiet line, and the whole of what was said
 * and is not in the history yet, be it that a session that hangs has not even noticed it. Played into the next session it is heard again there, as fast as it is sent; what that
 * session hears then is what the conversation was told of before, so it goes by the old names and is not told twice.
 */
export class CallerReplay {
  /** Of utterances longer than what is kept. */
  droppedFrames = 0;
  private readonly frames: (AudioFrame | undefined)[] = new Array<AudioFrame | undefined>(MAX_FRAMES);
  private count = 0;
  private oldest = 0;
  /** The words of everything before this frame are known, or will not be. */
  private covered = 0;
  private open: OpenUtterance[] = [];
  /** Played into the session in use, and not yet heard by it. */
  private awaited: OpenUtterance[] = [];
  private readonly names = new Map<ItemId, ItemId>();
  /** First frame of speech the session in use has not reacted to by any event; null for none. */
  private unnoticedFrom: number | null = null;
  private lastLoud = 0;

  constructor(private readonly format: AudioFormat) {}

  /** How long the caller has been waiting for a reaction to what they said. */
  get waitedMs(): number {
    return this.unnoticedFrom === null && this.isSettled ? 0 : (this.count - this.lastLoud) * FRAME_MS;
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
    this.frames[this.count % MAX_FRAMES] = frame;
    this.count += 1;
    if (seemsLoud(frame, this.format)) {
      this.lastLoud = this.count;
      this.unnoticedFrom ??= this.count - 1;
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
    this.open.push({ itemId, from: Math.max(this.covered, this.oldest, this.count - PRE_ROLL_FRAMES), stoppedAt: null, isBeingAnswered: false });
    return itemId;
  }

  stopped(itemId: ItemId): ItemId | null {
    const name = this.nameOf(itemId);
    const utterance = this.open.find((candidate) => candidate.itemId === name);
    if (!utterance) return name;
    if (utterance.stoppedAt !== null) return null;
    utterance.stoppedAt = this.count;
    return name;
  }

  nameOf(itemId: ItemId): ItemId {
    return this.names.get(itemId) ?? itemId;
  }

  /** The words are known. Answers the utterance's name. */
  worded(itemId: ItemId): ItemId {
    const name = this.nameOf(itemId);
    this.names.delete(itemId);
    const utterance = this.open.find((candidate) => candidate.itemId === name);
    if (utterance) this.cover(utterance);
    return name;
  }

  /** A response begins: it answers what was said by now. */
  answering(): void {
    for (const utterance of this.open) utterance.isBeingAnswered = utterance.stoppedAt !== null;
  }

  /** It came to its end: even without words there is no need to hear it again. */
  answered(): void {
    for (const utterance of this.open.filter(({ isBeingAnswered }) => isBeingAnswered)) this.cover(utterance);
  }

  /** What the next session is to hear, oldest first. */
  replay(): AudioFrame[] {
    this.names.clear();
    this.awaited = [...this.open];
    const replayed: AudioFrame[] = [];
    for (let index = this.oldest; index < this.count; index += 1) {
      const frame = this.frames[index % MAX_FRAMES];
      if (frame) replayed.push(frame);
    }
    return replayed;
  }

  /** Utterances the session in use did not hear in what was played to it: nothing of them will come. */
  giveUp(): OpenUtterance[] {
    const given = this.awaited;
    this.awaited = [];
    for (const utterance of given) this.cover(utterance);
    return given;
  }

  private unnoticed(): number {
    return this.unnoticedFrom === null ? this.count : Math.max(this.unnoticedFrom, this.count - MAX_UNNOTICED_FRAMES);
  }

  private cover(utterance: OpenUtterance): void {
    this.open = this.open.filter((candidate) => candidate !== utterance);
    this.awaited = this.awaited.filter((candidate) => candidate !== utterance);
    this.covered = Math.max(this.covered, utterance.stoppedAt ?? this.count);
    this.forget();
  }

  private forget(): void {
    const wanted = this.open[0]?.from ?? Math.max(this.covered, this.unnoticed() - PRE_ROLL_FRAMES);
    const keepFrom = Math.max(wanted, this.count - MAX_FRAMES);
    if (keepFrom > wanted) this.droppedFrames += 1;
    for (; this.oldest < keepFrom; this.oldest += 1) {
      // The place of a frame that was written over holds a newer one.
      if (this.count - this.oldest <= MAX_FRAMES) this.frames[this.oldest % MAX_FRAMES] = undefined;
    }
  }
}
