import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PEER_LIMITS } from '../http/bounded-express-adapter.ts';
import { Health, type HealthResponse } from './health.ts';

const NOT_FOUND: HealthResponse = {
  status: 404,
  type: 'text/plain; charset=utf-8',
  body: 'There is /healthz, /readyz and /metrics.\n',
};

/**
 * Serves health, readiness and metrics on a separate port, for services whose own port is public. It runs
 * until the process ends: while the service drains, /readyz says so.
 */
@Injectable()
export class ManagementServer implements OnApplicationShutdown {
  private server: Server | null = null;

  constructor(private readonly health: Health) {}

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    return (this.server?.address() as AddressInfo | null | undefined)?.port;
  }

  async listen(port: number, host: string): Promise<void> {
    const server = createServer(PEER_LIMITS, (request, response) => {
      void this.answer(request.url ?? '').then(({ status, type, body }) => {
        response
          .writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
          .end(request.method === 'HEAD' ? undefined : body);
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    this.server = server;
  }

  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async answer(url: string): Promise<HealthResponse> {
    switch (url.split('?')[0]) {
      case '/healthz':
        return this.health.alive();
      case '/readyz':
        return this.health.ready();
      case '/metrics':
        return this.health.scrape();
      default:
        return NOT_FOUND;
    }
  }
}
