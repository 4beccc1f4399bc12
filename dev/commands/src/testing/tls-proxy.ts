import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './self-signed.ts';

export interface TlsProxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** Terminates TLS and passes the bytes on, as a tunnel does. `target` is called for each connection. */
export async function startTlsProxy(certificate: Certificate, target: () => number): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer(certificate, (outside: TLSSocket) => {
    const inside = connect(target(), '127.0.0.1');
    for (const [socket, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      keep(socket);
      socket.on('error', () => other.destroy());
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
