import type { RunOptions } from '@tandem/platform';
import { CallIngressModule } from './call-ingress.module.ts';

/** How call-ingress is run: by `main.ts` as a process, by tests in their own process. */
export const callIngress: RunOptions<'call-ingress'> = {
  module: (config) => CallIngressModule.forRoot(config),
  // Only they may say for whom they ask; of others X-Forwarded-For is what anybody can write.
  prepare: (app, { trustedProxies }) => app.set('trust proxy', trustedProxies),
};
