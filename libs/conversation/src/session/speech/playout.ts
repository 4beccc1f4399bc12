import { bytesPerMs, type ItemId, type ResponseId } from '@tandem/contracts';
import type { AudioFrame } from '../../audio/audio-frame.ts';
import type { CallerStream, HeardSound } from '../../ports/caller-stream.ts';
import type { SpokenItem } from '../history/transcript.ts';

interface PlayingItem {
  readonly itemId: ItemId;
  readonly responseId: ResponseId;
  writtenBytes: number;
  heardMs: number;
  isWritten: boolean;
  isHeard: boolean;
  startedAtMs: number | null;
}

/** An item that was cut: what the model has to forget. */
export interface CutItem {
  readonly itemId: ItemId;
  readonly heardMs: number;
}

export interface PlayoutEvents {
  /** Something is about to be written while nothing is playing. */
  playingBegins(): void;
  /** No more of this item will be heard. */
  itemFinished(item: SpokenItem): void;
  /** The first audio of a response is on its way to the caller. */
  responseStarted(responseId: ResponseId): void;
  /** The caller hears the first of a response. */
  heardFirst(responseId: ResponseId): void;
  /** Everything written has been heard, and nothing more of the written items is to come. */
  idle(): void;
}

/**
 * What the agent said and how much of it the caller has heard. Told by the caller stream, never guessed from
 * what was sent; forwards audio and remembers which item it belongs to.
 */
export class Playout {
  private readonly items = new Map<string, PlayingItem>();
  private readonly cutResponses = new Set<ResponseId>();
  private lastResponse: ResponseId | null = null;
  /** Audio that came for a response the caller had already cut off. */
  droppedBytes = 0;

  constructor(
    private readonly stream: CallerStream,
    private readonly offsetMs: () => number,
    private readonly events: PlayoutEvents,
  ) {}

  get isPlaying(): boolean {
    return this.items.size > 0;
  }

  /** Whether the caller is still to hear some of this item. */
  holds(itemId: ItemId): boolean {
    return this.items.has(itemId);
  }

  /** Whether any audio of this response has been written. */
  hasSpoken(responseId: ResponseId): boolean {
    return this.lastResponse === responseId;
  }

  audio(frame: AudioFrame, itemId: ItemId, responseId: ResponseId): void {
    if (this.cutResponses.has(responseId)) {
      this.droppedBytes += frame.byteLength;
      return;
    }
    let item = this.items.get(itemId);
    if (!item) {
      if (!this.isPlaying) this.events.playingBegins();
      item = {
        itemId,
        responseId,
        writtenBytes: 0,
        heardMs: 0,
        isWritten: false,
        isHeard: false,
        startedAtMs: null,
      };
      this.items.set(itemId, item);
    }
    item.writtenBytes += frame.byteLength;
    item.isHeard = false;
    this.stream.write(frame, itemId);
    if (this.lastResponse !== responseId) {
      this.lastResponse = responseId;
      this.events.responseStarted(responseId);
    }
    item.startedAtMs ??= this.offsetMs();
  }

  /** What the caller hears at this moment: usually one item. */
  hearing(): { readonly itemId: ItemId; readonly heardMs: number; readonly writtenMs: number }[] {
    return this.stream.heardSoFar().flatMap(({ soundId, heardMs }) => {
      const item = this.items.get(soundId);
      return item && heardMs > 0 ? [{ itemId: item.itemId, heardMs, writtenMs: this.writtenMs(item) }] : [];
    });
  }

  /** The model has no more audio for this item. */
  itemWritten(itemId: ItemId): void {
    const item = this.items.get(itemId);
    if (!item) return;
    item.isWritten = true;
    if (item.isHeard) this.finish(item, false);
  }

  /** A response ended: whatever it did not finish will not be finished. */
  responseDone(responseId: ResponseId): void {
    this.cutResponses.delete(responseId);
    for (const item of [...this.items.values()])
      if (item.responseId === responseId && !item.isWritten) this.itemWritten(item.itemId);
  }

  heard(heard: HeardSound): void {
    const item = this.items.get(heard.soundId);
    if (!item) return;
    if (item.heardMs === 0 && heard.heardMs > 0) {
      this.events.heardFirst(item.responseId);
      item.startedAtMs = Math.max(item.startedAtMs ?? 0, this.offsetMs() - heard.heardMs);
    }
    item.heardMs = Math.max(item.heardMs, Math.min(heard.heardMs, this.writtenMs(item)));
    item.isHeard = heard.isComplete;
    if (item.isHeard && item.isWritten) this.finish(item, false);
  }

  /**
   * Silences the agent. Audio that still arrives for `runningResponse` is dropped. Answers what was cut off.
   */
  interrupt(runningResponse: ResponseId | null, fadeMs = 0): CutItem[] {
    for (const item of this.items.values()) if (!item.isWritten) this.cutResponses.add(item.responseId);
    if (runningResponse !== null) this.cutResponses.add(runningResponse);
    for (const heard of fadeMs > 0 ? this.stream.clear(fadeMs) : this.stream.clear()) {
      const item = this.items.get(heard.soundId);
      if (item) item.heardMs = Math.max(item.heardMs, Math.min(heard.heardMs, this.writtenMs(item)));
    }
    const unfinished = [...this.items.values()];
    for (const item of unfinished) this.finish(item, true);
    return unfinished.map(({ itemId, heardMs }) => ({ itemId, heardMs: Math.floor(heardMs) }));
  }

  /** The stream is going: whatever was heard by now is all that will be. */
  close(): void {
    for (const heard of this.stream.heardSoFar()) this.heard(heard);
    for (const item of [...this.items.values()]) this.finish(item, true);
  }

  private writtenMs(item: PlayingItem): number {
    return Math.floor(item.writtenBytes / bytesPerMs(this.stream.format));
  }

  private finish(item: PlayingItem, isInterrupted: boolean): void {
    this.items.delete(item.itemId);
    const generatedMs = this.writtenMs(item);
    this.events.itemFinished({
      itemId: item.itemId,
      startedAtMs: item.startedAtMs ?? this.offsetMs(),
      heardMs: isInterrupted ? Math.floor(item.heardMs) : generatedMs,
      generatedMs,
      isInterrupted: isInterrupted && !(item.isWritten && item.heardMs >= generatedMs),
    });
    if (!this.isPlaying) this.events.idle();
  }
}
