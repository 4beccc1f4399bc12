import { bytesPerMs, type AudioFormat, type ResponseId } from '@tandem/contracts';
import type { AudioFrame } from '../../audio/audio-frame.ts';
import type { ResponseStatus } from '../../ports/voice-model.ts';

/** The longest phrase that is cached. */
const MAX_MS = 30_000;

/** The audio of one phrase while a model says it. */
export class PhraseCapture {
  /** The response that says it; null until one has begun. */
  responseId: ResponseId | null = null;
  private readonly frames: AudioFrame[] = [];
  private said = '';
  private readonly maxBytes: number;
  private bytes = 0;

  constructor(
    readonly text: string,
    format: AudioFormat,
  ) {
    this.maxBytes = MAX_MS * bytesPerMs(format);
  }

  audio(frame: AudioFrame): void {
    this.bytes += frame.byteLength;
    if (this.bytes <= this.maxBytes) this.frames.push(frame);
  }

  agentText(delta: string): void {
    if (this.said.length <= 2 * this.text.length) this.said += delta;
  }

  /** Returns the audio once the response has this status; null unless it is whole and has these words. */
  framesOf(status: ResponseStatus): readonly AudioFrame[] | null {
    const isWhole = status === 'completed' && this.bytes > 0 && this.bytes <= this.maxBytes;
    return isWhole && sameWords(this.said, this.text) ? this.frames : null;
  }
}

function sameWords(said: string, wanted: string): boolean {
  const words = (text: string) =>
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join(' ') ?? '';
  return words(said) === words(wanted) && words(said) !== '';
}
