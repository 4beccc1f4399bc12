import { section } from '../setting.ts';
import { port, url, wholeNumber } from './forms.ts';

export const toolWorkerSection = section('tool-worker', 'Runs the tool calls of agents.', {
  port: {
    env: 'TOOL_WORKER_PORT',
    schema: port.default(8084),
    isPort: true,
    description: 'Port of tool-worker (health and metrics).',
  },
  crmApiUrl: {
    env: 'CRM_API_URL',
    schema: url('http', 'https').default('http://127.0.0.1:8082'),
    description: 'Address of crm-api.',
  },
  toolConcurrency: {
    env: 'TOOL_CONCURRENCY',
    schema: wholeNumber(1, 500).default(50),
    unit: 'jobs',
    description: 'Tool calls one worker runs at a time.',
  },
});

export const postCallWorkerSection = section(
  'post-call-worker',
  'Stores ended calls and delivers webhooks.',
  {
    port: {
      env: 'POST_CALL_WORKER_PORT',
      schema: port.default(8085),
      isPort: true,
      description: 'Port of post-call-worker (health and metrics).',
    },
    postCallConcurrency: {
      env: 'POST_CALL_CONCURRENCY',
      schema: wholeNumber(1, 100).default(8),
      unit: 'jobs',
      description: 'Calls one worker stores at a time.',
    },
  },
);
