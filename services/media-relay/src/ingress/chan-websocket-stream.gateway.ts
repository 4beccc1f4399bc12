import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { TICKET_VARIABLE } from '@tandem/contracts';
import {
  ChanWebSocketStream,
  parseChanWebSocketStart,
  type ChanWebSocketStart,
  type MessageSocket,
} from '@tandem/telephony';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { IncomingStream } from '../media/incoming-stream.ts';
import { StreamDoor, type AnnouncedStream, type StreamStart } from './stream-door.ts';

const START: StreamStart = { read: announced, bytesAs: 'binary' };

/**
 * Accepts streams of Asterisk's WebSocket channel. The ticket is a variable of the channel, which its first
 * message lists. A parameter of the address would be in the access log of every proxy on the way.
 */
@WebSocketGateway({ path: '/chan-websocket' })
export class ChanWebSocketStreamGateway implements OnGatewayConnection {
  constructor(@Inject(StreamDoor) private readonly door: StreamDoor) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    this.door.receive(socket, request, START);
  }
}

function announced(bytes: Buffer, isBinary: boolean): AnnouncedStream | null {
  const start = isBinary ? null : parseChanWebSocketStart(bytes.toString());
  if (!start) return null;
  return {
    ticket: start.variables.get(TICKET_VARIABLE),
    on: (socket) => incomingChannel(start, socket),
  };
}

function incomingChannel(start: ChanWebSocketStart, socket: MessageSocket): IncomingStream {
  return {
    carrierCallId: null,
    protocol: 'Asterisk WebSocket channel',
    open: ({ fence, clock, onError }) => new ChanWebSocketStream(fence(socket), start, clock, onError),
  };
}
