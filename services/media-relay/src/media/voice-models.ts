import { Inject, Injectable } from '@nestjs/common';
import { providerTarget } from '@tandem/call-state';
import {
  modelTargets,
  sessionSettings,
  type AgentSnapshot,
  type FallbackTargetSettings,
  type ModelSettings,
} from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { createGuidedModel } from '@tandem/guided';
import {
  modelAdapters,
  type FallbackTarget,
  type ModelAdapter,
  type ModelAdapters,
  type ModelEndpoint,
  type OpenAiRealtimeAccess,
} from '@tandem/models';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { ProviderHealthMonitor } from './provider-health-monitor.ts';
import { unavailableModel } from './unavailable-model.ts';

/** Picks the voice models of an agent: its own and its fallbacks. */
@Injectable()
export class VoiceModels {
  private readonly adapters: ModelAdapters;

  constructor(
    @Inject(CONFIG) config: ServiceConfig<'media-relay'>,
    @Inject(ProviderHealthMonitor) private readonly providers: ProviderHealthMonitor,
    @Inject(RealClock) private readonly clock: RealClock,
  ) {
    this.adapters = {
      ...modelAdapters({
        clock,
        openTimeoutMs: config.modelOpenTimeoutMs,
        openAi: { ...openAiAccess(config), maxSessionMs: config.openaiMaxSessionMs },
      }),
      guided: guidedAdapter(config, clock),
    };
  }

  /**
   * Returns the agent's model and its fallback models, in order. Fallbacks this deployment cannot serve are
   * left out; an agent whose own model cannot be served gets one that fails at once, with the reason.
   */
  targetsFor(
    agent: AgentSnapshot,
    onError: (error: unknown) => void,
  ): readonly [FallbackTarget, ...FallbackTarget[]] {
    const [own, ...fallbacks] = modelTargets(agent);
    const first = (own && this.target(agent, own, onError)) ?? {
      model: unavailableModel(agent.model.kind, this.adapters[agent.model.kind].unavailableCode, this.clock),
      canHang: false,
    };
    return [first, ...fallbacks.flatMap((settings) => this.target(agent, settings, onError) ?? [])];
  }

  private target(
    agent: AgentSnapshot,
    { model: settings, endpoint }: FallbackTargetSettings,
    onError: (error: unknown) => void,
  ): FallbackTarget | null {
    const adapter = this.adapters[settings.kind] as ModelAdapter<ModelSettings>;
    const name = providerTarget(settings, endpoint);
    const health = () => (name === null ? null : this.providers.healthOf(name));
    const target = adapter.target({
      settings,
      endpoint,
      agent,
      onError,
      onRateLimits: (limits) => health()?.limits(limits),
    });
    if (!target) return null;
    const watched = health();
    return { ...target, ...(watched ? { health: watched } : {}), settings: sessionSettings(settings) };
  }
}

function guidedAdapter(config: ServiceConfig<'media-relay'>, clock: RealClock): ModelAdapters['guided'] {
  const { flitePath, espeakPath } = config;
  const guided = flitePath || espeakPath ? createGuidedModel({ ...config, clock }) : null;
  return {
    unavailableCode: 'no-synthesiser',
    target: ({ agent }) => guided && { model: guided.forBusiness(agent), canHang: false },
  };
}

/** Returns the endpoints of the Realtime API; null for one without a key or an address. */
function openAiAccess(
  config: ServiceConfig<'media-relay'>,
): Record<ModelEndpoint, OpenAiRealtimeAccess | null> {
  const { openaiApiKey, openaiRealtimeUrl, openaiRealtimeModel } = config;
  const { openaiSecondaryUrl, openaiSecondaryModel } = config;
  const secondaryKey = config.openaiSecondaryApiKey ?? openaiApiKey;
  return {
    primary: openaiApiKey
      ? { url: openaiRealtimeUrl, apiKey: openaiApiKey, model: openaiRealtimeModel }
      : null,
    secondary:
      openaiSecondaryUrl && secondaryKey
        ? {
            url: openaiSecondaryUrl,
            apiKey: secondaryKey,
            model: openaiSecondaryModel ?? openaiRealtimeModel,
          }
        : null,
  };
}
