import type { RunOptions } from '@tandem/platform';
import { ToolWorkerModule } from './tool-worker.module.ts';

/** The options tool-worker runs with, in `main.ts` and in specs. */
export const toolWorker: RunOptions<'tool-worker'> = { module: (config) => ToolWorkerModule.forRoot(config) };
