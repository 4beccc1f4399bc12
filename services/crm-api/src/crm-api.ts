import type { RunOptions } from '@tandem/platform';
import { CrmApiModule } from './crm-api.module.ts';
import { serveOpenApi } from './openapi.ts';

/** How this service is run: by `main.ts`, and by specs in their own process. */
export const crmApi: RunOptions<'crm-api'> = { module: (config) => CrmApiModule.forRoot(config), prepare: serveOpenApi };
