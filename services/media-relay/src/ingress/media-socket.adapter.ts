import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplicationContext, WebSocketAdapter } from '@nestjs/common';
import { acceptWebSocket, mediaPath, refuseUpgrade, type ServerSocket } from '@tandem/telephony';

/** Largest socket message: a second of audio from Twilio is 11 KB. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** The sockets of one relay, and who is told of a new one. */
export class MediaSockets {
  readonly open = new Set<ServerSocket>();
  onConnection: ((socket: ServerSocket) => void) | null = null;
}

/**
 * Nest's door for gateways, without Nest's routing of messages: that parses every message again, passes on only a key
 * named `data`, and swallows what a handler throws. One path per relay; the gateway gets the bare socket.
 */
export class MediaSocketAdapter implements WebSocketAdapter<MediaSockets, ServerSocket> {
  private readonly path: string;
  private stopListening: (() => void) | null = null;

  constructor(
    private readonly app: INestApplicationContext & { getHttpServer(): Server },
    relayId: string,
  ) {
    this.path = mediaPath(relayId);
  }

  create(): MediaSockets {
    const sockets = new MediaSockets();
    const server = this.app.getHttpServer();
    const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => this.upgrade(sockets, request, stream, head);
    server.on('upgrade', onUpgrade);
    this.stopListening = () => server.off('upgrade', onUpgrade);
    return sockets;
  }

  bindClientConnect(sockets: MediaSockets, tell: (socket: ServerSocket) => void): void {
    sockets.onConnection = tell;
  }

  bindMessageHandlers(): void {
    // Messages belong to the caller stream.
  }

  close(sockets: MediaSockets): void {
    this.stopListening?.();
    for (const socket of sockets.open) socket.terminate();
  }

  private upgrade(sockets: MediaSockets, request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (request.url?.split('?')[0] !== this.path || !sockets.onConnection) return refuseUpgrade(stream, 404, 'Not Found');
    const socket = acceptWebSocket(request, stream, head, MAX_MESSAGE_BYTES);
    if (!socket) return;
    sockets.open.add(socket);
    socket.onGone = () => sockets.open.delete(socket);
    sockets.onConnection(socket);
  }
}
