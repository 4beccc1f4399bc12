export { AudioSocketConnection } from './audiosocket/audiosocket-connection.ts';
export { audioRateOf, FRAME_KIND, idOf, silenceFrame } from './audiosocket/audiosocket-frames.ts';
export {
  parseChanWebSocketStart,
  type ChanWebSocketStart,
} from './asterisk/chan-websocket/chan-websocket-messages.ts';
export {
  CHAN_WEBSOCKET_STREAM_LIMITS,
  ChanWebSocketStream,
  type ChanWebSocketCounters,
  type ChanWebSocketStreamLimits,
} from './asterisk/chan-websocket/chan-websocket-stream.ts';
export {
  AUDIOSOCKET_STREAM_LIMITS,
  AudioSocketStream,
  type AudioSocketStreamLimits,
} from './audiosocket/audiosocket-stream.ts';
export { FrameParser, type FrameListener } from './audiosocket/frame-parser.ts';
export { PlayoutClock } from './audiosocket/playout-clock.ts';
export { AmiCalls, type AmiCallsOptions } from './asterisk/control/ami-calls.ts';
export type { AmiState } from './asterisk/control/ami-connection.ts';
export { AriCalls, type AriCallsOptions } from './asterisk/control/ari-calls.ts';
export { type CallControl, controlByPbx, pbxOf } from './asterisk/control/call-control.ts';
export { mediaPath, mediaUrl } from './media-url.ts';
export {
  SOFTPHONE_STREAM_LIMITS,
  SoftphoneStream,
  type SoftphoneStreamCounters,
  type SoftphoneStreamLimits,
} from './softphone/softphone-stream.ts';
export { parseSoftphoneMessage } from './softphone/softphone-messages.ts';
export { TwilioCalls, type CallChange, type TwilioCallsOptions } from './twilio/twilio-calls.ts';
export {
  parseTwilioMessage,
  type TwilioMessage,
  type TwilioMessageFault,
  type TwilioStart,
} from './twilio/twilio-messages.ts';
export {
  TWILIO_STREAM_LIMITS,
  TwilioStream,
  type TwilioStreamCounters,
  type TwilioStreamLimits,
} from './twilio/twilio-stream.ts';
export {
  ASK_AGAIN,
  askAgainTwiml,
  connectStreamTwiml,
  emptyTwiml,
  farewellTwiml,
  hangupTwiml,
  holdTwiml,
  type ConnectStream,
} from './twilio/twiml.ts';
export {
  askPersonTwiml,
  connectPersonTwiml,
  dialPersonTwiml,
  type AskPerson,
  type DialPerson,
} from './twilio/person-twiml.ts';
export { voiceToken, type VoiceTokenKey } from './twilio/voice-token.ts';
export { speakable, type Spoken } from './twilio/spoken-text.ts';
export { WsMessageSocket, type MessageSocket, type SocketListener } from './message-socket.ts';
