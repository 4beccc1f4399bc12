import type { RunOptions } from '@tandem/platform';
import { ToolWorkerModule } from './tool-worker.module.ts';

/** How tool-worker is run: by `main.ts` as a process, by tests in theirs. */
export const toolWorker: RunOptions<'tool-worker'> = { module: (config) => ToolWorkerModule.forRoot(config) };
