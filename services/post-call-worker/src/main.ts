import { runService } from '@tandem/platform';
import { postCallWorker } from './post-call-worker.ts';

await runService('post-call-worker', postCallWorker);
