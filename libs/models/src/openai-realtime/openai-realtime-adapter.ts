import type { ModelAdapter, ModelHost, SettingsOf } from '../model-adapter.ts';
import { openAiRealtimeModel } from './openai-realtime-model.ts';

/** Returns the adapter of OpenAI's Realtime API, at one or two endpoints. */
export function openAiRealtimeAdapter({
  clock,
  openTimeoutMs,
  openAi,
}: ModelHost): ModelAdapter<SettingsOf<'openai-realtime'>> {
  return {
    unavailableCode: 'no-api-key',
    target: ({ settings, endpoint, onError, onRateLimits }) => {
      const access = openAi[endpoint];
      if (!access) return null;
      const model = openAiRealtimeModel({
        ...access,
        model: settings.model || access.model,
        clock,
        onError,
        openTimeoutMs,
        maxSessionMs: openAi.maxSessionMs,
        onRateLimits,
      });
      return { model };
    },
  };
}
