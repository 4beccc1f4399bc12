import type { ModelHost } from './model-adapter.ts';
import { openAiRealtimeAdapter } from './openai-realtime/openai-realtime-adapter.ts';

/** Returns the adapters of this library, by the kind of model in the settings of an agent. */
export const modelAdapters = (host: ModelHost) => ({
  'openai-realtime': openAiRealtimeAdapter(host),
});
