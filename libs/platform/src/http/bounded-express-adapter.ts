import { createServer, type ServerOptions } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

/**
 * Time and size limits for clients. Node's defaults keep a half-sent header for over a minute (60 s limit,
 * checked every 30 s).
 */
export const PEER_LIMITS: ServerOptions = {
  headersTimeout: 8_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
};

export class BoundedExpressAdapter extends ExpressAdapter {
  override initHttpServer(): void {
    this.httpServer = createServer(PEER_LIMITS, this.getInstance());
  }
}
