import { bytesPerMs, type ItemId, type ResponseId } from '@tandem/contracts';
import type { AudioFrame } from '../../audio/audio-frame.ts';
import type { CallerStream, HeardSound } from '../../ports/caller-stream.ts';
import type { CallContext } from '../call-context.ts';
import type { CutItem } from './spoken-item.ts';

interface PlayingItem {
  readonly itemId: ItemId;
  readonly responseId: ResponseId;
  writtenBytes: number;
  heardMs: number;
  isWritten: boolean;
  isHeard: boolean;
  startedAtMs: number | null;
}

/**
 * Forwards the agent's audio and keeps, for each item, how much of it the caller has heard (the playout
 * position). The caller stream reports that; it is never estimated from what was sent.
 */
export class Playout {
  private readonly items = new Map<string, PlayingItem>();
  private readonly cutResponses = new Set<ResponseId>();
  private lastResponse: ResponseId | null = null;
  /** Audio dropped because its response was cut off. */
  droppedBytes = 0;

  constructor(
    private readonly context: CallContext,
    private readonly stream: CallerStream,
  ) {}

  get isPlaying(): boolean {
    return this.items.size > 0;
  }

  /** Returns whether the caller has not heard all of this item yet. */
  isUnheard(itemId: ItemId): boolean {
    return this.items.has(itemId);
  }

  /** Audio of the agent has been written to this stream. */
  get hasBegun(): boolean {
    return this.lastResponse !== null;
  }

  /** Returns whether this response's audio was written last. */
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
      if (!this.isPlaying) this.context.signal({ kind: 'playout-begins' });
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
      this.context.signal({ kind: 'response-audible', responseId });
    }
    item.startedAtMs ??= this.context.atMs();
  }

  /** Returns what the caller hears at this moment: usually one item. */
  hearing(): { readonly itemId: ItemId; readonly heardMs: number; readonly writtenMs: number }[] {
    return this.stream.heardSoFar().flatMap(({ soundId, heardMs }) => {
      const item = this.items.get(soundId);
      return item && heardMs > 0 ? [{ itemId: item.itemId, heardMs, writtenMs: this.writtenMs(item) }] : [];
    });
  }

  /** The model will send no more audio of this item. */
  itemWritten(itemId: ItemId): void {
    const item = this.items.get(itemId);
    if (!item) return;
    item.isWritten = true;
    if (item.isHeard) this.finish(item, false);
  }

  /** A response ended, and so do its items. */
  responseDone(responseId: ResponseId): void {
    this.cutResponses.delete(responseId);
    for (const item of [...this.items.values()])
      if (item.responseId === responseId && !item.isWritten) this.itemWritten(item.itemId);
  }

  heard(heard: HeardSound): void {
    const item = this.items.get(heard.soundId);
    if (!item) return;
    if (item.heardMs === 0 && heard.heardMs > 0) {
      this.context.signal({ kind: 'response-heard', responseId: item.responseId });
      item.startedAtMs = Math.max(item.startedAtMs ?? 0, this.context.atMs() - heard.heardMs);
    }
    item.heardMs = Math.max(item.heardMs, Math.min(heard.heardMs, this.writtenMs(item)));
    item.isHeard = heard.isComplete;
    if (item.isHeard && item.isWritten) this.finish(item, false);
  }

  /** Silences the agent and drops further audio of `runningResponse`. Returns the items that were cut. */
  interrupt(runningResponse: ResponseId | null, fadeMs: number): CutItem[] {
    for (const item of this.items.values()) if (!item.isWritten) this.cutResponses.add(item.responseId);
    if (runningResponse !== null) this.cutResponses.add(runningResponse);
    for (const heard of this.stream.clear(fadeMs)) {
      const item = this.items.get(heard.soundId);
      if (item) item.heardMs = Math.max(item.heardMs, Math.min(heard.heardMs, this.writtenMs(item)));
    }
    const unfinished = [...this.items.values()];
    for (const item of unfinished) this.finish(item, true);
    return unfinished.map(({ itemId, heardMs }) => ({ itemId, heardMs: Math.floor(heardMs) }));
  }

  /** Ends all items with what was heard by now, as the stream is closing. */
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
    this.context.signal({
      kind: 'item-finished',
      item: {
        itemId: item.itemId,
        startedAtMs: item.startedAtMs ?? this.context.atMs(),
        heardMs: isInterrupted ? Math.floor(item.heardMs) : generatedMs,
        generatedMs,
        isInterrupted: isInterrupted && !(item.isWritten && item.heardMs >= generatedMs),
      },
    });
    if (!this.isPlaying) this.context.signal({ kind: 'playout-idle' });
  }
}
