import { Inject, Injectable } from '@nestjs/common';
import { providerTarget } from '@tandem/call-state';
import { modelTargets, type AgentSnapshot, type FallbackTargetSettings } from '@tandem/contracts';
import { RealClock, type VoiceModel } from '@tandem/conversation';
import { createGuidedModel, type GuidedModel } from '@tandem/guided';
import { openAiRealtimeModel, resilientModel, type FallbackTarget } from '@tandem/models';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { ProviderHealthMonitor } from './provider-health-monitor.ts';
import { unavailableModel } from './unavailable-model.ts';

/** Picks the voice model of an agent, with its fallbacks. */
@Injectable()
export class VoiceModels {
  private readonly guided: GuidedModel | null;

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(ProviderHealthMonitor) private readonly providers: ProviderHealthMonitor,
    @Inject(RealClock) private readonly clock: RealClock,
  ) {
    const { flitePath, espeakPath } = config;
    this.guided = flitePath || espeakPath ? createGuidedModel({ ...config, clock }) : null;
  }

  /**
   * Returns the agent's model with its fallback models behind it. Fallbacks this deployment cannot serve are
   * left out; an agent whose own model cannot be served gets one that fails at once, with the reason.
   */
  modelFor(agent: AgentSnapshot, onError: (error: unknown) => void): VoiceModel {
    const [own, ...others] = modelTargets(agent);
    const first = (own && this.target(agent, own, onError)) ?? {
      model: unavailableModel(
        agent.model.kind,
        agent.model.kind === 'guided' ? 'no-synthesiser' : 'no-api-key',
        this.clock,
      ),
      canHang: false,
    };
    const fallbacks = others.flatMap((settings) => this.target(agent, settings, onError) ?? []);
    return resilientModel({
      rungs: [first, ...fallbacks],
      clock: this.clock,
      watchdog: { hangMs: this.config.modelHangMs },
    });
  }

  private target(
    agent: AgentSnapshot,
    { model, endpoint }: FallbackTargetSettings,
    onError: (error: unknown) => void,
  ): FallbackTarget | null {
    const { voice } = model;
    if (model.kind === 'guided')
      return (
        this.guided && {
          model: this.guided.forBusiness(agent),
          settings: { voice, transcriptionModel: '' },
          canHang: false,
        }
      );
    const access = this.access(endpoint);
    const target = providerTarget(model, endpoint);
    if (!access || target === null) return null;
    const { transcriptionModel, noiseReduction, speed } = model;
    const health = this.providers.healthOf(target);
    const { modelOpenTimeoutMs, openaiMaxSessionMs } = this.config;
    return {
      model: openAiRealtimeModel({
        ...access,
        model: model.model || access.model,
        clock: this.clock,
        onError,
        openTimeoutMs: modelOpenTimeoutMs,
        maxSessionMs: openaiMaxSessionMs,
        onRateLimits: (limits) => health.limits(limits),
      }),
      settings: { voice, transcriptionModel, noiseReduction, speed },
      health,
    };
  }

  /** Returns null for an endpoint without a key or an address. */
  private access(endpoint: 'primary' | 'secondary'): { url: string; apiKey: string; model: string } | null {
    const {
      openaiApiKey,
      openaiRealtimeUrl,
      openaiRealtimeModel,
      openaiSecondaryUrl,
      openaiSecondaryApiKey,
      openaiSecondaryModel,
    } = this.config;
    if (endpoint === 'primary')
      return openaiApiKey
        ? { url: openaiRealtimeUrl, apiKey: openaiApiKey, model: openaiRealtimeModel }
        : null;
    const apiKey = openaiSecondaryApiKey ?? openaiApiKey;
    return openaiSecondaryUrl && apiKey
      ? { url: openaiSecondaryUrl, apiKey, model: openaiSecondaryModel ?? openaiRealtimeModel }
      : null;
  }
}
