export { openAiRealtimeModel, type OpenAiRealtimeOptions } from './openai-realtime/openai-realtime-model.ts';
