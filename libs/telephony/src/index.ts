export { mediaPath, mediaUrl } from './media-url.ts';
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
  askPersonTwiml,
  connectPersonTwiml,
  connectStreamTwiml,
  dialPersonTwiml,
  farewellTwiml,
  hangupTwiml,
  holdTwiml,
  speakable,
  type AskPerson,
  type ConnectStream,
  type DialPerson,
  type Spoken,
} from './twilio/twiml.ts';
export { WsMessageSocket, type MessageSocket, type SocketListener } from './message-socket.ts';
