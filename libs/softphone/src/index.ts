export {
  AUDIO_HEADER_BYTES,
  AUDIO_KINDS,
  audioMessage,
  FRAME_MS,
  nextSequence,
  readAudioMessage,
  type AudioKind,
  type AudioMessage,
} from './wire/audio-message.ts';
export type { CallReply, CallRequest, CallStep, NextRequest, StepText } from './wire/call-steps.ts';
export {
  MAX_TEXT_LENGTH,
  readRelayMessage,
  SOFTPHONE_PATH,
  WIRE_VERSION,
  type ClientMessage,
  type Played,
  type RelayMessage,
  type ToolShown,
  type WireFormat,
} from './wire/control-messages.ts';
export { PlaybackBuffer, type PlaybackPosition } from './audio/playback-buffer.ts';
export { decodeAudio, encodeAudio } from './audio/wire-audio.ts';
