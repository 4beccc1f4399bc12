import type { AudioFrame } from '../audio/audio-frame.ts';
import type { PhraseAudioCache, PhraseKey } from '../ports/phrase-cache.ts';

/** Keeps every phrase, by its whole key. */
export class MemoryPhraseCache implements PhraseAudioCache {
  readonly phrases = new Map<string, readonly AudioFrame[]>();

  has(key: PhraseKey): boolean {
    return this.phrases.has(JSON.stringify(key));
  }

  get(key: PhraseKey): readonly AudioFrame[] | null {
    return this.phrases.get(JSON.stringify(key)) ?? null;
  }

  put(key: PhraseKey, frames: readonly AudioFrame[]): void {
    this.phrases.set(JSON.stringify(key), frames);
  }

  /** The texts in the cache. */
  get texts(): string[] {
    return [...this.phrases.keys()].map((key) => (JSON.parse(key) as PhraseKey).text);
  }
}
