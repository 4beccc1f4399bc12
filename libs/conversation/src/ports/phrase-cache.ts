import type { AudioFormat } from '@tandem/contracts';
import type { AudioFrame } from '../audio/audio-frame.ts';

/** The key of a cached phrase: the agent, the voice and the words. */
export interface PhraseKey {
  readonly agentId: string;
  readonly agentVersion: number;
  readonly variantKey: string | null;
  readonly provider: string;
  readonly voice: string;
  /** 1 is the voice's own pace. */
  readonly speed: number;
  readonly language: string;
  /** The caller stream's format. */
  readonly format: AudioFormat;
  readonly text: string;
}

/**
 * The audio of repeated phrases, in the caller stream's format. Reads come from memory, at once; the cache
 * may refuse or evict any entry. Only phrases without personal data are put in.
 */
export interface PhraseAudioCache {
  /** Returns whether `get` would find it, and counts as no use of it. */
  has(key: PhraseKey): boolean;
  get(key: PhraseKey): readonly AudioFrame[] | null;
  put(key: PhraseKey, frames: readonly AudioFrame[]): void;
}
