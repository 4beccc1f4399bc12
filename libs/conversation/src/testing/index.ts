export { FakeCallerStream } from './fake-caller-stream.ts';
export { FakeToolDispatcher } from './fake-tool-dispatcher.ts';
export { ManualClock } from './manual-clock.ts';
export { RecordedCallLog } from './recorded-call-log.ts';
export { CallScene, startCall, type CallSetting } from './call-scene.ts';
export { ScriptedModelSession, ScriptedVoiceModel, type ScriptedToolCall } from './scripted-voice-model.ts';
export { MemoryPhraseCache } from './memory-phrase-cache.ts';
