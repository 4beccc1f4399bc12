import { serveOpenApi, type RunOptions } from '@tandem/platform';
import { CrmApiModule } from './crm-api.module.ts';

/** The options crm-api runs with, in `main.ts` and in specs. */
export const crmApi: RunOptions<'crm-api'> = {
  module: (config) => CrmApiModule.forRoot(config),
  prepare: (app) =>
    serveOpenApi(app, {
      title: 'Tandem crm-api',
      description:
        'Contacts, services, resources, locations, zones, availability, bookings, leads and messages for ' +
        'the staff.',
    }),
};
