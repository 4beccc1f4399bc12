import type { AgentSnapshot, ModelKindName, ModelSettings } from '@tandem/contracts';
import type { Clock } from '@tandem/conversation';
import type { OpenAiRealtimeAccess } from './openai-realtime/try-openai-realtime.ts';
import type { RateLimit } from './openai-realtime/wire/server-events.ts';
import type { FallbackTarget } from './resilience/providers/fallback-chain.ts';

export type ModelEndpoint = 'primary' | 'secondary';

/** Parts of the process that adapters need for their models. */
export interface ModelHost {
  readonly clock: Clock;
  /** How long a session may take to open. */
  readonly openTimeoutMs: number;
  /** Access to the Realtime API; null for an endpoint without a key or an address. */
  readonly openAi: Readonly<Record<ModelEndpoint, OpenAiRealtimeAccess | null>> & {
    readonly maxSessionMs: number;
  };
}

/** The model an adapter is asked for. */
export interface ModelRequest<Settings> {
  readonly settings: Settings;
  readonly endpoint: ModelEndpoint;
  readonly agent: Pick<AgentSnapshot, 'timeZone' | 'companyName'>;
  readonly onError: (error: unknown) => void;
  readonly onRateLimits: (limits: readonly RateLimit[]) => void;
}

/** Makes the models of one kind. */
export interface ModelAdapter<Settings> {
  /** Error code of a deployment that cannot serve this kind. */
  readonly unavailableCode: string;
  /** Returns null when this deployment cannot serve the model. */
  readonly target: (request: ModelRequest<Settings>) => Pick<FallbackTarget, 'model' | 'canHang'> | null;
}

export type SettingsOf<Kind extends ModelKindName> = Extract<ModelSettings, { kind: Kind }>;
/** One adapter for each of these kinds. */
export type ModelAdapters<Kinds extends ModelKindName = ModelKindName> = {
  readonly [Kind in Kinds]: ModelAdapter<SettingsOf<Kind>>;
};
