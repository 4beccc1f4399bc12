export { mediaPath, mediaUrl } from './twilio/media-url.ts';
export { parseTwilioMessage, type TwilioMessage, type TwilioMessageFault, type TwilioStart } from './twilio/twilio-messages.ts';
export { TWILIO_STREAM_LIMITS, TwilioStream, type TwilioStreamCounters, type TwilioStreamLimits } from './twilio/twilio-stream.ts';
export { connectStreamTwiml, farewellTwiml, hangupTwiml, type ConnectStream, type Spoken } from './twilio/twiml.ts';
export { acceptWebSocket, refuseUpgrade } from './websocket/handshake.ts';
export { type MessageSocket, ServerSocket, type SocketListener } from './websocket/server-socket.ts';
