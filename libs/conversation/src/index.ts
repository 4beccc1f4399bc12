export * from './audio/audio-frame.ts';
export * from './ports/call-log.ts';
export * from './ports/caller-stream.ts';
export * from './ports/clock.ts';
export * from './ports/tool-caller.ts';
export * from './ports/voice-model.ts';
