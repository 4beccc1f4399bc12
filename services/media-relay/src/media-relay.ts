import type { RunOptions } from '@tandem/platform';
import { MediaSocketAdapter } from './ingress/media-socket.adapter.ts';
import { MediaRelayModule } from './media-relay.module.ts';

/** How a relay is run: by `main.ts` as a process of its own, by tests inside theirs. */
export const mediaRelay: RunOptions<'media-relay'> = {
  module: (config) => MediaRelayModule.forRoot(config),
  prepare: (app, config) => app.useWebSocketAdapter(new MediaSocketAdapter(app, config.relayId)),
};
