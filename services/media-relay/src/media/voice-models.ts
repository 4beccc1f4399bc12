import { Inject, Injectable } from '@nestjs/common';
import { providerTarget } from '@tandem/call-state';
import {
  modelTargets,
  sessionSettings,
  type AgentSnapshot,
  type FallbackTargetSettings,
  type ModelKindName,
  type ModelSettings,
} from '@tandem/contracts';
import { RealClock } from '@tandem/conversation';
import { createGuidedModel, type GuidedModel } from '@tandem/guided';
import { openAiRealtimeModel, type FallbackTarget } from '@tandem/models';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { ProviderHealthMonitor } from './provider-health-monitor.ts';
import { unavailableModel } from './unavailable-model.ts';

type SettingsOf<Kind extends ModelKindName> = Extract<ModelSettings, { kind: Kind }>;
/** A model to fall back to, without the session settings, which follow from the agent's own. */
type OpenTarget = Omit<FallbackTarget, 'settings'>;

/** The model an adapter is asked for. */
interface ModelRequest<Settings> {
  readonly settings: Settings;
  readonly endpoint: 'primary' | 'secondary';
  readonly agent: AgentSnapshot;
  readonly onError: (error: unknown) => void;
}

/** The adapter of one kind of model. */
interface ModelAdapter<Settings> {
  /** Error code of a deployment that cannot serve this kind. */
  readonly unavailableCode: string;
  /** Returns null when this deployment cannot serve the model. */
  readonly target: (request: ModelRequest<Settings>) => OpenTarget | null;
}

/** Picks the voice models of an agent: its own and its fallbacks. */
@Injectable()
export class VoiceModels {
  private readonly guided: GuidedModel | null;
  private readonly adapters: { readonly [Kind in ModelKindName]: ModelAdapter<SettingsOf<Kind>> } = {
    'openai-realtime': {
      unavailableCode: 'no-api-key',
      target: (request) => this.realtimeTarget(request),
    },
    guided: {
      unavailableCode: 'no-synthesiser',
      target: ({ agent }) => this.guided && { model: this.guided.forBusiness(agent), canHang: false },
    },
  };

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig<'media-relay'>,
    @Inject(ProviderHealthMonitor) private readonly providers: ProviderHealthMonitor,
    @Inject(RealClock) private readonly clock: RealClock,
  ) {
    const { flitePath, espeakPath } = config;
    this.guided = flitePath || espeakPath ? createGuidedModel({ ...config, clock }) : null;
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
    { model, endpoint }: FallbackTargetSettings,
    onError: (error: unknown) => void,
  ): FallbackTarget | null {
    const adapter = this.adapters[model.kind] as ModelAdapter<ModelSettings>;
    const target = adapter.target({ settings: model, endpoint, agent, onError });
    return target && { ...target, settings: sessionSettings(model) };
  }

  private realtimeTarget({
    settings,
    endpoint,
    onError,
  }: ModelRequest<SettingsOf<'openai-realtime'>>): OpenTarget | null {
    const access = this.access(endpoint);
    const target = providerTarget(settings, endpoint);
    if (!access || target === null) return null;
    const health = this.providers.healthOf(target);
    const { modelOpenTimeoutMs, openaiMaxSessionMs } = this.config;
    return {
      model: openAiRealtimeModel({
        ...access,
        model: settings.model || access.model,
        clock: this.clock,
        onError,
        openTimeoutMs: modelOpenTimeoutMs,
        maxSessionMs: openaiMaxSessionMs,
        onRateLimits: (limits) => health.limits(limits),
      }),
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
