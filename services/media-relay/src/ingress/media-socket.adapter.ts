import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { mediaPath } from '@tandem/telephony';

/** Largest socket message. A second of audio from Twilio is 11 KB. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** https://nodejs.org/docs/latest-v24.x/api/http.html#httpcreateserveroptions-requestlistener */
interface UpgradingServer {
  shouldUpgradeCallback: (request: IncomingMessage) => boolean;
}

/**
 * Nest's ws adapter without message routing: a relay's own path, continued by that of the gateway, bounded
 * messages, no compression, no UTF-8 check (the parser is strict). The gateway uses the raw socket, because
 * Nest's routing parses every message again, passes on only a key named `data`, and swallows what a handler
 * throws.
 */
export class MediaSocketAdapter extends WsAdapter {
  private readonly paths = new Set<string>();

  constructor(
    app: INestApplicationContext,
    private readonly relayId: string,
  ) {
    super(app);
  }

  override create(port: number, options: Record<string, unknown> & { readonly path?: string }) {
    const path = mediaPath(this.relayId, options.path);
    this.paths.add(path);
    // Every other Upgrade is a request like any other (RFC 9110, 7.8): Nest's adapter would cut its
    // connection without an answer. Before Node 24.9 it still does.
    const server = this.httpServer as UpgradingServer;
    server.shouldUpgradeCallback = (request) => this.isForStream(request);
    return super.create(port, {
      ...options,
      path,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      clientTracking: true,
    }) as unknown;
  }

  /** The gateway counts errors of single sockets. Logging each would let strangers fill the log. */
  override bindErrorHandler<Server>(server: Server): Server {
    return server;
  }

  override bindMessageHandlers(): void {
    // The caller stream reads the messages.
  }

  private isForStream({ url = '', headers: { upgrade = '' } }: IncomingMessage): boolean {
    return upgrade.toLowerCase() === 'websocket' && this.paths.has(url.replace(/[?#].*$/, ''));
  }
}
