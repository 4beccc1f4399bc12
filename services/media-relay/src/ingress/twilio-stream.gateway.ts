import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { TICKET_PARAMETER } from '@tandem/contracts';
import { parseTwilioMessage, TwilioStream, type MessageSocket, type TwilioStart } from '@tandem/telephony';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { IncomingStream } from '../media/incoming-stream.ts';
import { StreamDoor, type AnnouncedStream, type StreamStart } from './stream-door.ts';

const START: StreamStart = { read: announced, bytesAs: 'text' };

/** Accepts Twilio Media Streams. */
@WebSocketGateway()
export class TwilioStreamGateway implements OnGatewayConnection {
  constructor(@Inject(StreamDoor) private readonly door: StreamDoor) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    this.door.receive(socket, request, START);
  }
}

/** Twilio sends `connected`, then `start`. */
function announced(bytes: Buffer, isBinary: boolean): AnnouncedStream | 'wait' | null {
  const message = isBinary ? null : parseTwilioMessage(bytes.toString());
  if (!message || !('event' in message)) return null;
  if (message.event === 'connected') return 'wait';
  if (message.event !== 'start') return null;
  return {
    ticket: message.parameters[TICKET_PARAMETER],
    on: (socket) => incomingTwilioStream(message, socket),
  };
}

function incomingTwilioStream(start: TwilioStart, socket: MessageSocket): IncomingStream {
  return {
    carrierCallId: start.callSid,
    protocol: 'Twilio Media Streams',
    open: ({ fence, clock, onError }) => new TwilioStream(fence(socket), start, clock, onError),
  };
}
