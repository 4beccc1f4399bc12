export { modelAdapters } from './adapters.ts';
export type { ModelAdapter, ModelAdapters, ModelEndpoint } from './model-adapter.ts';
export { openAiRealtimeModel, type OpenAiRealtimeOptions } from './openai-realtime/openai-realtime-model.ts';
export {
  tryOpenAiRealtime,
  type OpenAiRealtimeAccess,
  type UnusableModel,
} from './openai-realtime/try-openai-realtime.ts';
export type { RateLimit } from './openai-realtime/wire/server-events.ts';
export {
  RENEWAL_SHARES,
  resilientModel,
  WATCHDOG_LIMITS,
  type ResilientModelOptions,
} from './resilience/resilient-model.ts';
export type { FallbackTarget } from './resilience/providers/fallback-chain.ts';
export type { ProviderHealth, AttemptKind } from './resilience/providers/provider-health.ts';
