import { runService } from '@tandem/platform';
import { toolWorker } from './tool-worker.ts';

await runService('tool-worker', toolWorker);
