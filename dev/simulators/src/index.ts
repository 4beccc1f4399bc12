export * from './twilio/index.ts';
export * from './openai-realtime/index.ts';
