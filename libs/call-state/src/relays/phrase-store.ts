import { base64ByteLength } from '@tandem/conversation';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '../redis/keys.ts';
import { run } from '../scripts/script.ts';
import { keepPhrase } from '../scripts/keep-phrase.ts';
import type { Sealer } from '../redis/sealer.ts';

export interface AgentVersionId {
  readonly agentId: string;
  readonly agentVersion: number;
}

/**
 * Limits of the store: a version says some ten texts in each of its languages; half a minute of G.711 is 240
 * KB, and so are eight seconds of linear audio at 16 kHz. Longer phrases stay in the memory of each relay.
 */
export const PHRASE_STORE_LIMITS = {
  phrases: 48,
  versions: 200,
  bytes: 256 * 1024,
  ttlS: 7 * 86_400,
} as const;

const soundSchema = z
  .array(z.string().refine((text) => base64ByteLength(text) > 0))
  .min(1)
  .max(4_000);

/**
 * The sound of phrases that agents repeat, shared by all relays: sound that one relay's model has spoken is
 * played by another to its first caller. Holds no phrase that names a caller. Bounded in phrases, versions
 * and time.
 */
export class PhraseStore {
  constructor(
    private readonly redis: Redis,
    private readonly sealer: Sealer,
  ) {}

  /**
   * Returns the stored phrases of an agent's version: pieces of audio in base64, by name. Unreadable ones are
   * left out.
   * @throws when Redis cannot be reached
   */
  async of(version: AgentVersionId): Promise<Map<string, string[]>> {
    const key = keys.phrases(version);
    const kept = new Map<string, string[]>();
    for (const [name, sealed] of Object.entries(await this.redis.hgetall(key))) {
      const sound = this.opened(sealed, `${key}:${name}`);
      if (sound) kept.set(name, sound);
    }
    return kept;
  }

  /** @throws when Redis cannot be reached */
  async put(version: AgentVersionId, name: string, sound: readonly string[]): Promise<void> {
    const length = sound.reduce((sum, piece) => sum + piece.length, 0);
    if (length === 0 || (length / 4) * 3 > PHRASE_STORE_LIMITS.bytes) return;
    const key = keys.phrases(version);
    const { phrases, versions, ttlS } = PHRASE_STORE_LIMITS;
    await run(
      this.redis,
      keepPhrase,
      [key, keys.phraseVersions],
      [name, this.sealer.seal(sound, `${key}:${name}`), phrases, versions, ttlS],
    );
  }

  private opened(sealed: string, place: string): string[] | null {
    try {
      return soundSchema.safeParse(this.sealer.open(sealed, place)).data ?? null;
    } catch {
      return null;
    }
  }
}
