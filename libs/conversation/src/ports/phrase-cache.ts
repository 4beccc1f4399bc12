import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';

/** What a cached phrase is found by: who says it, with which voice, in which words. */
export interface PhraseKey {
  readonly agentId: string;
  readonly agentVersion: number;
  readonly variantKey: string | null;
  readonly provider: string;
  readonly voice: string;
  /** 1 is the voice's own pace. */
  readonly speed: number;
  readonly language: string;
  /** Of the caller stream. */
  readonly format: AudioFormat;
  readonly text: string;
}

/**
 * The audio of phrases that are said again and again, in the caller stream's format. Answers from memory, at
 * once; keeps what it likes and forgets when it must. Only phrases without personal data are put in.
 */
export interface PhraseAudioCache {
  get(key: PhraseKey): readonly AudioFrame[] | null;
  put(key: PhraseKey, frames: readonly AudioFrame[]): void;
}
