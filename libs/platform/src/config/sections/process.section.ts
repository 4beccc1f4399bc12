import { z } from 'zod';
import { section } from '../setting.ts';
import { port, url } from './forms.ts';

export const processSection = section('Every service', 'How a service listens and logs.', {
  host: { env: 'HOST', schema: z.string().default('0.0.0.0'), description: 'Address to listen on.' },
  managementPort: {
    env: 'MANAGEMENT_PORT',
    schema: port.optional(),
    isPort: true,
    description:
      "Port for `/readyz` and `/metrics`, which then leave the service's own port; 0 takes a free " +
      'one. See docs/operation.md.',
    whenUnset: "they are on the service's own port",
    example: '9464',
  },
  managementHost: {
    env: 'MANAGEMENT_HOST',
    schema: z.string().optional(),
    description: 'Address MANAGEMENT_PORT is opened on.',
    whenUnset: 'HOST',
    example: '127.0.0.1',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    description: 'Lowest level that is logged.',
  },
  otlpEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: url('http', 'https').optional(),
    description: 'Where traces are sent (OTLP over HTTP).',
    whenUnset: 'no traces are recorded',
    example: 'http://otel-collector:4318',
  },
});
