import { section } from '../setting.ts';
import { port } from './forms.ts';

export const crmApiSection = section('crm-api', 'Contacts, services, resources and bookings.', {
  port: { env: 'CRM_API_PORT', schema: port.default(8082), isPort: true, description: 'Port of crm-api.' },
});

export const controlApiSection = section(
  'control-api',
  "The operators' API: calls, transcripts, tool calls, and commands for running calls.",
  {
    port: {
      env: 'CONTROL_API_PORT',
      schema: port.default(8083),
      isPort: true,
      description: 'Port of control-api.',
    },
  },
);
