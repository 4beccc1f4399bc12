import type { ItemId } from '@tandem/contracts';
import type { IdleWatch } from '../limits/idle-watch.ts';
import type { LanguageWatch } from '../agent/language-watch.ts';
import type { Transcript } from '../history/transcript.ts';
import type { TurnLatency } from './turn-latency.ts';
import type { TurnTaking } from './turn-taking.ts';

export interface CallerTurnsParts {
  readonly transcript: Transcript;
  readonly latency: TurnLatency;
  readonly turns: TurnTaking;
  readonly languages: LanguageWatch;
  readonly idle: IdleWatch;
  /** The language of the call, as of now. */
  readonly language: () => string;
}

/** What the model tells of the caller's speech, told to everything that wants to know of it. */
export class CallerTurns {
  constructor(private readonly parts: CallerTurnsParts) {}

  started(itemId: ItemId): void {
    const { transcript, latency, turns, idle } = this.parts;
    transcript.callerStarted(itemId);
    latency.callerStarted();
    idle.callerSounds(itemId);
    turns.callerStarted(itemId);
  }

  stopped(itemId: ItemId, endedAgoMs: number): void {
    const { transcript, latency, turns } = this.parts;
    transcript.callerStopped(itemId);
    latency.callerStopped(endedAgoMs);
    turns.callerStopped(itemId);
  }

  /** The words, so far or all of them; null when they will not be known. */
  text(itemId: ItemId, text: string | null, isFinal: boolean): void {
    const { transcript, turns, languages, idle, language } = this.parts;
    if (isFinal) transcript.callerText(itemId, text);
    if (isFinal && text !== null) languages.heard(text, language());
    const isWordless = text !== null && text.trim() === '';
    if (!isWordless) idle.callerSaid(itemId, isFinal);
    else if (isFinal) idle.wordless(itemId);
    turns.callerText(itemId, text, isFinal);
  }
}
