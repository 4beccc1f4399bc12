import { section } from '../setting.ts';
import { port, url, wholeNumber } from './forms.ts';

export const toolWorkerSection = section('tool-worker', 'Does what agents ask for.', {
  port: {
    env: 'TOOL_WORKER_PORT',
    schema: port.default(8084),
    isPort: true,
    description: 'Port of tool-worker (health and metrics).',
  },
  crmApiUrl: {
    env: 'CRM_API_URL',
    schema: url('http', 'https').default('http://127.0.0.1:8082'),
    description: 'Where crm-api is.',
  },
  toolConcurrency: {
    env: 'TOOL_CONCURRENCY',
    schema: wholeNumber(1, 500).default(50),
    unit: 'jobs',
    description: 'Tool calls one worker does at a time.',
  },
});

export const postCallWorkerSection = section('post-call-worker', 'Writes down what happened.', {
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
    description: 'Calls one worker writes at a time.',
  },
});
