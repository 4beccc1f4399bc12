import { section } from '../setting.ts';
import { port, wholeNumber } from './forms.ts';

export const apiLimitSection = section('Limits of the APIs', 'For crm-api and control-api.', {
  requestsPerMinute: {
    env: 'API_REQUESTS_PER_MINUTE',
    schema: wholeNumber(0, 1_000_000).default(6_000),
    unit: 'requests',
    description:
      'Most requests of one API key in a minute, over all processes of both APIs; 0 for no limit. Services ' +
      'of Tandem are not limited.',
  },
});

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
