import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { mediaPath } from '@tandem/telephony';

/** Largest socket message: a second of audio from Twilio is 11 KB. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/**
 * Nest's ws adapter as a door only: one path per relay, bounded messages, no compression, no check of UTF-8
 * (the parser behind it is strict), and no routing of messages. The gateway takes the raw socket, because
 * Nest's routing parses every message again, passes on only a key named `data`, and swallows what a handler
 * throws.
 */
export class MediaSocketAdapter extends WsAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly relayId: string,
  ) {
    super(app);
  }

  override create(port: number, options: Record<string, unknown>) {
    return super.create(port, {
      ...options,
      path: mediaPath(this.relayId),
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      clientTracking: true,
    }) as unknown;
  }

  /** Errors of single sockets are counted by the gateway; logging each would let strangers fill the log. */
  override bindErrorHandler<Server>(server: Server): Server {
    return server;
  }

  override bindMessageHandlers(): void {
    // Messages belong to the caller stream.
  }
}
