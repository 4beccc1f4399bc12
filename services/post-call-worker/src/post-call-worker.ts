import type { RunOptions } from '@tandem/platform';
import { PostCallWorkerModule } from './post-call-worker.module.ts';

/** How post-call-worker is run: by `main.ts` as a process, by tests in theirs. */
export const postCallWorker: RunOptions<'post-call-worker'> = {
  module: (config) => PostCallWorkerModule.forRoot(config),
};
