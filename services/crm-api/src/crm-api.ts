import { serveOpenApi, type RunOptions } from '@tandem/platform';
import { CrmApiModule } from './crm-api.module.ts';

/** How this service is run: by `main.ts`, and by specs in their own process. */
export const crmApi: RunOptions<'crm-api'> = {
  module: (config) => CrmApiModule.forRoot(config),
  prepare: (app) =>
    serveOpenApi(app, {
      title: 'Tandem crm-api',
      description: 'Contacts, services, resources, availability and bookings.',
    }),
};
