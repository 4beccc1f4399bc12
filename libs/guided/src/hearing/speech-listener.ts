import type { ItemId, ProviderError, TurnDetection } from '@tandem/contracts';
import { decodeMulaw, type Clock, type Timer } from '@tandem/conversation';
import type { Phrase } from '../dialogue/phrase.ts';
import { toRecogniser } from './line-audio.ts';
import type { Recogniser } from './recogniser.ts';
import { UtteranceDetector, utteranceRules } from './vad.ts';
import { FRAME_SAMPLES, type VoiceDetector } from './voice-detector.ts';

export interface SpeechEvents {
  onStarted(itemId: ItemId): void;
  onStopped(itemId: ItemId): void;
  /** Reports the words of an utterance, in order; null when they were not understood. */
  onWords(itemId: ItemId, text: string | null): void;
  onFault(error: ProviderError): void;
}

export interface SpeechListenerOptions {
  readonly detector: VoiceDetector;
  /** Null to report sounds without words. */
  readonly recogniser: Recogniser | null;
  /** Returns the phrases that may be said now. */
  readonly grammar: () => Phrase | null;
  readonly newItemId: () => ItemId;
  readonly maxUtteranceMs: number;
  readonly clock: Clock;
}

/** A line without frames for this long is dead: live ones send every 20 ms, speech or not. */
const DEAD_LINE_MS = 1_000;

/** Listens to one caller: cuts the line's sound into utterances and has them recognised. */
export class SpeechListener {
  private readonly utterances: UtteranceDetector;
  private readonly aborted = new AbortController();
  /** Samples of an incomplete frame. */
  private rest = new Int16Array(0);
  private speaking: ItemId | null = null;
  private deadLine: Timer | null = null;
  private lastAudioAt = 0;
  private understanding: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    turnDetection: TurnDetection,
    private readonly options: SpeechListenerOptions,
    private readonly events: SpeechEvents,
  ) {
    this.utterances = new UtteranceDetector(
      options.detector,
      utteranceRules(turnDetection, options.maxUtteranceMs),
    );
  }

  get isCallerSpeaking(): boolean {
    return this.speaking !== null;
  }

  setTurnDetection(detection: TurnDetection): void {
    this.utterances.setRules(utteranceRules(detection, this.options.maxUtteranceMs));
  }

  /** @param mulaw any number of samples of the line */
  push(mulaw: Uint8Array): void {
    if (this.isClosed) return;
    this.lastAudioAt = this.options.clock.now();
    const samples = new Int16Array(this.rest.length + mulaw.length);
    samples.set(this.rest);
    samples.set(decodeMulaw(mulaw), this.rest.length);
    let at = 0;
    for (; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES)
      this.take(samples.slice(at, at + FRAME_SAMPLES));
    this.rest = samples.slice(at);
  }

  /** No more sound will come: the utterance under way is over. */
  finish(): void {
    const event = this.utterances.finish();
    if (event?.kind === 'stopped') this.stopped(event.frames);
  }

  /** Resolves when the words of all utterances so far are known. */
  understood(): Promise<void> {
    return this.understanding;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.deadLine?.cancel();
    this.aborted.abort();
    this.options.detector.free();
  }

  private take(frame: Int16Array): void {
    const event = this.utterances.push(frame);
    if (event?.kind === 'started') this.started();
    if (event?.kind === 'stopped') this.stopped(event.frames);
  }

  private started(): void {
    this.speaking = this.options.newItemId();
    this.watchLine();
    this.events.onStarted(this.speaking);
  }

  private stopped(frames: readonly Int16Array[]): void {
    const itemId = this.speaking;
    if (itemId === null) return;
    this.speaking = null;
    this.deadLine?.cancel();
    // The grammar belongs to the question asked now, not to the one asked when the words are known.
    const words = this.wordsOf(frames, this.options.grammar());
    this.understanding = this.understanding.then(async () => {
      const text = await words;
      if (!this.isClosed) this.events.onWords(itemId, text);
    });
    this.events.onStopped(itemId);
  }

  private async wordsOf(frames: readonly Int16Array[], grammar: Phrase | null): Promise<string | null> {
    const { recogniser } = this.options;
    if (!recogniser || !grammar) return null;
    try {
      const found = await recogniser.recognise(toRecogniser(joined(frames)), grammar, this.aborted.signal);
      return found?.text ?? null;
    } catch (error) {
      if (!this.isClosed) this.events.onFault(error as ProviderError);
      return null;
    }
  }

  private watchLine(): void {
    this.deadLine = this.options.clock.after(DEAD_LINE_MS, () => {
      if (this.options.clock.now() - this.lastAudioAt >= DEAD_LINE_MS) this.finish();
      else if (this.speaking !== null) this.watchLine();
    });
  }
}

function joined(frames: readonly Int16Array[]): Int16Array {
  const samples = new Int16Array(frames.length * FRAME_SAMPLES);
  frames.forEach((frame, index) => samples.set(frame, index * FRAME_SAMPLES));
  return samples;
}
