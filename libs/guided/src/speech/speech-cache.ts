import type { Delivery, Synthesiser } from './synthesiser.ts';

/** Keeps up to `maxBytes` of spoken sentences; the longest unused is dropped first. */
export class SpeechCache implements Synthesiser {
  private readonly kept = new Map<string, Uint8Array>();
  private keptBytes = 0;

  constructor(
    private readonly source: Synthesiser,
    private readonly maxBytes: number,
  ) {}

  async speak(text: string, delivery: Delivery, signal: AbortSignal): Promise<Uint8Array> {
    const key = `${delivery.voice}\n${delivery.speed}\n${text}`;
    const known = this.kept.get(key);
    if (known) {
      this.kept.delete(key);
      this.kept.set(key, known);
      return known;
    }
    const sound = await this.source.speak(text, delivery, signal);
    this.keep(key, sound);
    return sound;
  }

  private keep(key: string, sound: Uint8Array): void {
    if (sound.byteLength > this.maxBytes) return;
    this.keptBytes += sound.byteLength - (this.kept.get(key)?.byteLength ?? 0);
    this.kept.set(key, sound);
    for (const [oldest, { byteLength }] of this.kept) {
      if (this.keptBytes <= this.maxBytes) return;
      this.kept.delete(oldest);
      this.keptBytes -= byteLength;
    }
  }
}
