import { Injectable } from '@nestjs/common';
import type { AudioFrame, PhraseCache, PhraseKey } from '@tandem/conversation';

/** Greetings and fillers of some two hundred agents: three seconds of G.711 are 24 KB. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The phrases this relay has heard its models say, the least used forgotten first. */
@Injectable()
export class PhraseMemory implements PhraseCache {
  private readonly phrases = new Map<string, { readonly frames: readonly AudioFrame[]; readonly bytes: number }>();
  private bytes = 0;
  hits = 0;
  misses = 0;

  get(key: PhraseKey): readonly AudioFrame[] | null {
    const name = nameOf(key);
    const found = this.phrases.get(name);
    if (!found) {
      this.misses += 1;
      return null;
    }
    this.hits += 1;
    this.phrases.delete(name);
    this.phrases.set(name, found);
    return found.frames;
  }

  put(key: PhraseKey, frames: readonly AudioFrame[]): void {
    const name = nameOf(key);
    const bytes = frames.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (this.phrases.has(name) || bytes === 0 || bytes > MAX_BYTES) return;
    this.phrases.set(name, { frames, bytes });
    this.bytes += bytes;
    for (const [oldest, phrase] of this.phrases) {
      if (this.bytes <= MAX_BYTES) break;
      this.phrases.delete(oldest);
      this.bytes -= phrase.bytes;
    }
  }
}

function nameOf({ agentId, agentVersion, variantKey, model, voice, language, text }: PhraseKey): string {
  return JSON.stringify([agentId, agentVersion, variantKey, model, voice, language, text]);
}
