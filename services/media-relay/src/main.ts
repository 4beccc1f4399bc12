import { runService } from '@tandem/platform';
import { mediaRelay } from './media-relay.ts';

await runService('media-relay', mediaRelay);
