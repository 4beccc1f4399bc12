import type { ItemId, ResponseId } from '@tandem/contracts';
import type { AudioFrame } from '../../audio/audio-frame.ts';
import type { PhraseAudioCache, PhraseKey } from '../../ports/phrase-cache.ts';
import type { ResponseStatus } from '../../ports/voice-model.ts';
import type { CallContext } from '../call-context.ts';
import type { AgentTranscript } from '../history/agent-transcript.ts';
import { PhraseCapture } from './phrase-capture.ts';
import type { Playout } from './playout.ts';
import type { SpokenItem } from './spoken-item.ts';

const ID_PREFIX = 'phrase_';

/**
 * Phrases with fixed words. Cached ones play at once; the model says the others, and its audio is cached when
 * its words were exactly these. A note tells the model which phrases were played from the cache.
 */
export class CannedPhrases {
  private readonly playing = new Map<string, string>();
  private capture: PhraseCapture | null = null;
  private running: ResponseId | null = null;
  private count = 0;

  constructor(
    private readonly context: CallContext,
    private readonly cache: PhraseAudioCache | undefined,
    private readonly keyOf: (text: string) => PhraseKey,
    private readonly playout: Playout,
    private readonly transcript: AgentTranscript,
  ) {}

  /** Plays the words or has the model say them. `isPersonal` words name the caller and are never cached. */
  speakPhrase(text: string, { isPersonal = false }: { isPersonal?: boolean } = {}): void {
    if (this.playCached(text, isPersonal)) return;
    if (!isPersonal && this.cache) this.capture = new PhraseCapture(text, this.keyOf(text).format);
    this.context.signal({ kind: 'speech-due', request: { kind: 'say', text } });
  }

  /** Plays the phrase if its audio is cached; returns whether it was. Needs no model. */
  playCached(text: string, isPersonal = false): boolean {
    const frames = isPersonal ? null : this.cache?.get(this.keyOf(text));
    if (!frames || frames.length === 0) return false;
    const id = `${ID_PREFIX}${++this.count}`;
    this.playing.set(id, text);
    this.transcript.agentSaid(id as ItemId, text);
    for (const frame of frames) this.playout.audio(frame, id as ItemId, id as ResponseId);
    this.playout.itemWritten(id as ItemId);
    return true;
  }

  /** No more of an item will be heard. */
  itemFinished(item: SpokenItem, heard: string): void {
    const text = this.playing.get(item.itemId);
    if (text === undefined) return;
    this.playing.delete(item.itemId);
    const note = item.isInterrupted
      ? `You began to say “${text}” and were interrupted; the caller heard “${heard}”.`
      : `You have said to the caller: “${text}”`;
    this.context.signal({ kind: 'note-due', text: note });
  }

  /** Returns whether an item was played from the cache; the model has no such item. */
  isCanned(itemId: string): boolean {
    return itemId.startsWith(ID_PREFIX);
  }

  // The model's speech passes through the methods below, so that it can be cached.

  responseStarted(responseId: ResponseId): void {
    this.running = responseId;
    if (this.capture?.responseId === null) this.capture.responseId = responseId;
  }

  audio(frame: AudioFrame, responseId: ResponseId): void {
    if (this.capture?.responseId === responseId) this.capture.audio(frame);
  }

  agentText(delta: string): void {
    if (this.capture && this.capture.responseId === this.running) this.capture.agentText(delta);
  }

  responseDone(responseId: ResponseId, status: ResponseStatus): void {
    const { capture } = this;
    if (!capture || capture.responseId !== responseId) return;
    this.capture = null;
    const frames = capture.framesOf(status);
    if (frames) this.cache?.put(this.keyOf(capture.text), frames);
  }
}
