import { runService } from '@tandem/platform';
import { controlApi } from './control-api.ts';

await runService('control-api', controlApi);
