import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import { ServerSocket } from './server-socket.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const VERSION = '13';

/**
 * Answers a client's request to speak WebSocket (RFC 6455, 4.2). Null when the request was not one: it has then been
 * refused and its connection is being closed. Extensions and subprotocols are never taken up.
 */
export function acceptWebSocket(request: IncomingMessage, stream: Duplex, head: Buffer, maxMessageBytes: number): ServerSocket | null {
  const { upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = request.headers;
  if (!(stream instanceof Socket) || request.method !== 'GET' || upgrade?.toLowerCase() !== 'websocket' || !KEY.test(key ?? '')) {
    refuseUpgrade(stream, 400, 'Bad Request');
    return null;
  }
  if (version !== VERSION) {
    refuseUpgrade(stream, 426, 'Upgrade Required', `Sec-WebSocket-Version: ${VERSION}\r\n`);
    return null;
  }
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  stream.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  return new ServerSocket(stream, head, maxMessageBytes);
}

export function refuseUpgrade(stream: Duplex, status: number, reason: string, headers = ''): void {
  stream.on('error', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`);
}
