import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { PhraseStore, type AgentVersionId } from '@tandem/call-state';
import { AudioFrame, base64ByteLength, type PhraseAudioCache, type PhraseKey } from '@tandem/conversation';
import { RelayMetrics } from '../metrics/relay-metrics.ts';

/** Enough for greetings and fillers of some two hundred agents: three seconds of G.711 are 24 KB. */
const MAX_BYTES = 16 * 1024 * 1024;
/** How long a call waits for stored phrases. After that the model speaks the greeting itself. */
const FETCH_TIMEOUT_MS = 100;
/** Interval at which phrases of other relays are fetched, per agent version. */
const REFRESH_MS = 60_000;
const MAX_VERSIONS = 1_000;

/**
 * Audio of phrases that models have spoken: in memory, least recently used dropped first, and in a store that
 * all relays share.
 */
@Injectable()
export class PhraseCache implements PhraseAudioCache {
  private readonly logger = new Logger(PhraseCache.name);
  private readonly phrases = new Map<
    string,
    { readonly frames: readonly AudioFrame[]; readonly bytes: number }
  >();
  /** When each version was last fetched from the store, by the monotonic clock. */
  private readonly fetched = new Map<string, number>();
  private bytes = 0;

  constructor(
    @Inject(PhraseStore) private readonly store: Pick<PhraseStore, 'of' | 'put'>,
    @Inject(RelayMetrics) private readonly metrics: Pick<RelayMetrics, 'counters'>,
  ) {}

  /**
   * Loads the stored phrases of this version. Resolves when they are loaded, or when a longer wait would be
   * heard. Never rejects.
   */
  async preload(version: AgentVersionId): Promise<void> {
    const name = `${version.agentId}:${version.agentVersion}`;
    const now = performance.now();
    if (now - (this.fetched.get(name) ?? -Infinity) < REFRESH_MS) return;
    if (this.fetched.size >= MAX_VERSIONS) this.fetched.clear();
    this.fetched.set(name, now);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, FETCH_TIMEOUT_MS)));
    await Promise.race([this.fetch(version, name), timeout]);
    clearTimeout(timer);
  }

  has(key: PhraseKey): boolean {
    return this.phrases.has(nameOf(key));
  }

  get(key: PhraseKey): readonly AudioFrame[] | null {
    const name = nameOf(key);
    const found = this.phrases.get(name);
    this.metrics.counters.phrases.inc({ outcome: found ? 'hit' : 'miss' });
    if (!found) return null;
    this.phrases.delete(name);
    this.phrases.set(name, found);
    return found.frames;
  }

  put(key: PhraseKey, frames: readonly AudioFrame[]): void {
    const name = nameOf(key);
    if (!this.remember(name, frames)) return;
    this.store
      .put(
        key,
        name,
        frames.map((frame) => frame.base64),
      )
      .catch((error: unknown) =>
        this.logger.warn(
          { err: error, agentId: key.agentId },
          'phrase not shared; models of other relays speak it anew',
        ),
      );
  }

  private async fetch(version: AgentVersionId, name: string): Promise<void> {
    try {
      for (const [phrase, sound] of await this.store.of(version))
        this.remember(
          phrase,
          sound.map((piece) => AudioFrame.fromBase64(piece, base64ByteLength(piece))),
        );
    } catch (error) {
      this.fetched.delete(name);
      this.logger.warn(
        { err: error, agentId: version.agentId },
        'phrases of other relays not read; models speak them anew',
      );
    }
  }

  /** Returns whether the phrase was new and is kept. */
  private remember(name: string, frames: readonly AudioFrame[]): boolean {
    const bytes = frames.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (this.phrases.has(name) || bytes === 0 || bytes > MAX_BYTES) return false;
    this.phrases.set(name, { frames, bytes });
    this.bytes += bytes;
    for (const [oldest, phrase] of this.phrases) {
      if (this.bytes <= MAX_BYTES) break;
      this.phrases.delete(oldest);
      this.bytes -= phrase.bytes;
    }
    return true;
  }
}

/** Returns a hash, because the name is also a key in Redis and must not show the words. */
function nameOf({
  agentId,
  agentVersion,
  variantKey,
  provider,
  voice,
  speed,
  language,
  format,
  text,
}: PhraseKey): string {
  return createHash('sha256')
    .update(
      JSON.stringify([
        agentId,
        agentVersion,
        variantKey,
        provider,
        voice,
        speed,
        language,
        format.encoding,
        format.rateHz,
        text,
      ]),
    )
    .digest('base64url');
}
