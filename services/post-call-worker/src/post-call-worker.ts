import type { RunOptions } from '@tandem/platform';
import { PostCallWorkerModule } from './post-call-worker.module.ts';

/** The options post-call-worker runs with, in `main.ts` and in specs. */
export const postCallWorker: RunOptions<'post-call-worker'> = {
  module: (config) => PostCallWorkerModule.forRoot(config),
};
