import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { AgentSnapshot, AudioFormat } from '@tandem/contracts';
import {
  missingBridge,
  modelInFormat,
  preparePhrase,
  RealClock,
  type VoiceModel,
} from '@tandem/conversation';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { RelayMetrics } from '../metrics/relay-metrics.ts';
import { PhraseCache } from './phrase-cache.ts';
import { VoiceModels } from './voice-models.ts';

/** Sessions at a time. */
const MAX_SESSIONS = 2;
/** How long a phrase is not tried again after its model failed or said other words. */
const RETRY_MS = 10 * 60_000;
const MAX_ATTEMPTS_KEPT = 1_000;

/**
 * Has models say, in the background, the phrase for callers whose relay is lost. A relay that takes such
 * calls over plays it at once; without it they wait for their own model.
 */
@Injectable()
export class PhrasePreparation implements OnModuleDestroy {
  private readonly logger = new Logger(PhrasePreparation.name);
  /** When each phrase was last tried, by the monotonic clock. */
  private readonly attempts = new Map<string, number>();
  private readonly stopping = new AbortController();
  private running = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'media-relay'>, 'phrasePreparation'>,
    @Inject(VoiceModels) private readonly models: Pick<VoiceModels, 'targetsFor'>,
    @Inject(PhraseCache) private readonly phrases: Pick<PhraseCache, 'has' | 'put'>,
    @Inject(RelayMetrics) private readonly metrics: Pick<RelayMetrics, 'counters'>,
    @Inject(RealClock) private readonly clock: RealClock,
  ) {}

  /**
   * Begins to prepare the phrase for calls like this one, unless it is cached or was tried lately.
   * @param callModel the model of the call
   */
  begin(
    agent: AgentSnapshot,
    language: string,
    format: AudioFormat,
    callModel: Pick<VoiceModel, 'provider'>,
  ): void {
    if (this.config.phrasePreparation === 'off' || this.running >= MAX_SESSIONS) return;
    const missing = missingBridge({ agent, language, format }, callModel, this.phrases);
    if (!missing || !this.isDue([agent.agentId, agent.agentVersion, agent.variantKey, language, format]))
      return;
    const [{ model }] = this.models.targetsFor(agent, (error) => this.failed(agent, error));
    this.running += 1;
    const { signal } = this.stopping;
    void preparePhrase(missing, modelInFormat(model, format), this.phrases, this.clock, signal).then(
      (isCached) => {
        this.running -= 1;
        if (signal.aborted) return;
        this.metrics.counters.preparedPhrases.inc({ outcome: isCached ? 'cached' : 'failed' });
        if (!isCached) this.failed(agent);
      },
    );
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private isDue(what: readonly unknown[]): boolean {
    const name = JSON.stringify(what);
    const now = this.clock.now();
    if (now - (this.attempts.get(name) ?? -Infinity) < RETRY_MS) return false;
    if (this.attempts.size >= MAX_ATTEMPTS_KEPT) this.attempts.clear();
    this.attempts.set(name, now);
    return true;
  }

  private failed({ agentId }: AgentSnapshot, err?: unknown): void {
    this.logger.warn(
      { err, agentId },
      'phrase for lost calls not prepared; after the loss of a relay callers wait for their own model',
    );
  }
}
