import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { SOFTPHONE_PATH, WIRE_VERSION, type WireFormat } from '@tandem/softphone';
import { parseSoftphoneMessage, SoftphoneStream, type MessageSocket } from '@tandem/telephony';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { IncomingStream } from '../media/incoming-stream.ts';
import { isAllowedOrigin } from './allowed-origin.ts';
import { StreamDoor, type AnnouncedStream, type StreamStart } from './stream-door.ts';

const START: StreamStart = { read: announced, bytesAs: 'binary' };
/** A browser has no telephone line: words are clearer at 16 kHz. A model of another format is converted. */
const FORMAT: WireFormat = { encoding: 'pcm16', rateHz: 16000 };
const CLOSE_POLICY = 1008;

/** Accepts the streams of browsers. */
@WebSocketGateway({ path: SOFTPHONE_PATH })
export class SoftphoneStreamGateway implements OnGatewayConnection {
  constructor(
    @Inject(StreamDoor) private readonly door: StreamDoor,
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'media-relay'>, 'softphoneOrigins'>,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    if (isAllowedOrigin(request.headers.origin, this.config.softphoneOrigins))
      this.door.receive(socket, request, START);
    else this.door.turnAway(socket, 'foreign-page', CLOSE_POLICY);
  }
}

/** A page sends `start` with its ticket at once. */
function announced(bytes: Buffer, isBinary: boolean): AnnouncedStream | null {
  const message = isBinary ? null : parseSoftphoneMessage(bytes.toString());
  if (message?.type !== 'start' || message.version !== WIRE_VERSION) return null;
  return { ticket: message.ticket, on: incomingSoftphoneStream };
}

function incomingSoftphoneStream(socket: MessageSocket): IncomingStream {
  return {
    carrierCallId: null,
    protocol: 'softphone',
    open: ({ fence, clock, onError }) =>
      new SoftphoneStream(fence(socket), randomUUID(), FORMAT, clock, onError),
  };
}
