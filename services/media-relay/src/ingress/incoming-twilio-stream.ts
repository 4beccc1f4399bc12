import { TwilioStream, type MessageSocket, type TwilioStart } from '@tandem/telephony';
import type { IncomingStream } from '../media/incoming-stream.ts';

/** Returns a Twilio Media Stream whose ticket has been checked, for the relay to open. */
export function incomingTwilioStream(start: TwilioStart, socket: MessageSocket): IncomingStream {
  return {
    carrierCallId: start.callSid,
    protocol: 'Twilio Media Streams',
    open: ({ fence, clock, onError }) => new TwilioStream(fence(socket), start, clock, onError),
  };
}
