import type { Phrase } from '../dialogue/phrase.ts';
import type { Recognised, Recogniser } from '../hearing/recogniser.ts';
import type { VoiceDetector } from '../hearing/voice-detector.ts';
import type { Delivery, Synthesiser } from '../speech/synthesiser.ts';

/** A recogniser with planned results, in order; an utterance without one is not understood. */
export class FakeRecogniser implements Recogniser {
  readonly planned: (string | null | Error)[] = [];
  readonly utterances: { samples: number; grammar: Phrase }[] = [];

  recognise(pcm16k: Int16Array, grammar: Phrase): Promise<Recognised | null> {
    this.utterances.push({ samples: pcm16k.length, grammar });
    const next = this.planned.shift() ?? null;
    if (next instanceof Error) return Promise.reject(next);
    return Promise.resolve(next === null ? null : { text: next, score: -20 });
  }
}

/** 50 ms for each character. */
export const FAKE_BYTES_PER_CHARACTER = 400;

/** A synthesiser that returns silence of the right length, at once or, when held back, on {@link release}. */
export class FakeSynthesiser implements Synthesiser {
  readonly spoken: { text: string; delivery: Delivery }[] = [];
  fault: Error | null = null;
  private readonly held: (() => void)[] = [];
  /** The sentence that waits for {@link release}, or `all`. */
  heldBack: string | null = null;

  async speak(text: string, delivery: Delivery): Promise<Uint8Array> {
    this.spoken.push({ text, delivery });
    if (this.heldBack === 'all' || this.heldBack === text)
      await new Promise<void>((resolve) => this.held.push(resolve));
    if (this.fault) throw this.fault;
    return new Uint8Array(text.length * FAKE_BYTES_PER_CHARACTER).fill(0xff);
  }

  release(): void {
    this.heldBack = null;
    for (const resolve of this.held.splice(0)) resolve();
  }
}

/** A detector that takes every loud frame for voice. */
export class FakeDetector implements VoiceDetector {
  isFreed = false;

  isVoice(frame: Int16Array): boolean {
    return frame.some((sample) => Math.abs(sample) > 1_000);
  }

  free(): void {
    this.isFreed = true;
  }
}
