export { openAiRealtimeModel, type OpenAiRealtimeOptions } from './openai-realtime/openai-realtime-model.ts';
export { createGuidedModel, GUIDED_LANGUAGE, GUIDED_LIMITS, type GuidedBusiness, type GuidedLimits, type GuidedModel, type GuidedModelOptions } from './guided/guided-model.ts';
