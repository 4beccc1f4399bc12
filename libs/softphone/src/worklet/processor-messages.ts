import type { PlaybackPosition } from '../audio/playback-buffer.ts';

/** Name the processor is registered under. */
export const PROCESSOR = 'tandem-softphone';

export interface ProcessorOptions {
  /** Samples per second on the wire. */
  readonly wireHz: number;
}

/** Messages of the page. */
export type ToProcessor =
  | { readonly kind: 'audio'; readonly sound: number; readonly samples: Int16Array }
  | { readonly kind: 'clear'; readonly id: number; readonly fadeMs: number }
  | { readonly kind: 'mute'; readonly isMuted: boolean }
  | { readonly kind: 'latency'; readonly seconds: number };

/** Messages of the processor. */
export type FromProcessor =
  | { readonly kind: 'frame'; readonly samples: Int16Array<ArrayBuffer> }
  /** `at`: when it was so, in whole ms of the audio thread's clock. */
  | { readonly kind: 'played'; readonly position: PlaybackPosition; readonly at: number }
  | { readonly kind: 'cleared'; readonly id: number }
  /** Sent every 100 ms while the processor runs. */
  | {
      readonly kind: 'alive';
      /** Loudest sample of the microphone and of playback since the last message, from 0 to 1. */
      readonly inLevel: number;
      readonly outLevel: number;
      readonly underruns: number;
      readonly dropped: number;
      readonly delayMs: number;
      readonly waitingMs: number;
    };
