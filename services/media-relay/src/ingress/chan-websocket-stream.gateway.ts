import { Inject } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { StreamKeys } from '@tandem/call-state';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
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

/** Name of the channel variable in which a dialplan hands on the UUID it got from call-ingress. */
const UUID_VARIABLE = 'TANDEM_UUID';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Accepts streams of Asterisk's WebSocket channel. The UUID that stands for the ticket is a variable of the
 * channel, which its first message lists. A parameter of the address would be in the access log of every
 * proxy on the way.
 */
@WebSocketGateway({ path: '/chan-websocket' })
export class ChanWebSocketStreamGateway implements OnGatewayConnection {
  private readonly start: StreamStart = {
    read: (bytes, isBinary) => this.announced(bytes, isBinary),
    bytesAs: 'binary',
  };

  constructor(
    @Inject(StreamDoor) private readonly door: StreamDoor,
    @Inject(StreamKeys) private readonly streams: Pick<StreamKeys, 'take'>,
    @Inject(CONFIG) private readonly config: Pick<ServiceConfig<'media-relay'>, 'relayId'>,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    this.door.receive(socket, request, this.start);
  }

  private announced(bytes: Buffer, isBinary: boolean): AnnouncedStream | null {
    const start = isBinary ? null : parseChanWebSocketStart(bytes.toString());
    if (!start) return null;
    const uuid = start.variables.get(UUID_VARIABLE)?.toLowerCase() ?? '';
    return {
      ticket: UUID.test(uuid) ? this.ticketOf(uuid) : undefined,
      on: (socket) => incomingChannel(start, socket),
    };
  }

  /** Resolves to undefined for a UUID that is unknown, used, expired or of another relay. */
  private ticketOf(uuid: string): Promise<string | undefined> {
    return this.streams.take(this.config.relayId, uuid).then(
      (registered) => registered?.ticket,
      () => undefined,
    );
  }
}

function incomingChannel(start: ChanWebSocketStart, socket: MessageSocket): IncomingStream {
  return {
    carrierCallId: null,
    protocol: 'Asterisk WebSocket channel',
    open: ({ fence, clock, onError }) => new ChanWebSocketStream(fence(socket), start, clock, onError),
  };
}
