import { runService } from '@tandem/platform';
import { crmApi } from './crm-api.ts';

await runService('crm-api', crmApi);
