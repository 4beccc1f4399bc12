import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455. */
const WEBSOCKET_KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * A server that says its name: the far side of an edge. It takes WebSockets and sends back what comes over
 * them, byte for byte.
 */
export class NamedServer {
  isReady = true;
  private readonly sockets = new Set<Duplex>();

  private constructor(
    readonly name: string,
    readonly address: string,
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async start(name: string, address: string, port: number): Promise<NamedServer> {
    const server = createServer((request, response) => {
      request.resume();
      response.statusCode = request.url === '/readyz' && !named.isReady ? 503 : 200;
      response.setHeader('x-server', name);
      response.end(name);
    });
    const named = new NamedServer(name, address, port, server);
    server.on('upgrade', (request, socket) =>
      named.accept(socket, request.headers['sec-websocket-key'] ?? ''),
    );
    server.listen(port, address);
    await once(server, 'listening');
    return named;
  }

  /** How many WebSockets are open. */
  get open(): number {
    return this.sockets.size;
  }

  /** Ends as a process that is killed. */
  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Duplex, key: string): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => socket.destroy());
    const accepted = createHash('sha1').update(`${key}${WEBSOCKET_KEY}`).digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
        `sec-websocket-accept: ${accepted}\r\nx-server: ${this.name}\r\n\r\n`,
    );
    socket.pipe(socket);
  }
}
