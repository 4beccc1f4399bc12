import { Problem } from '@tandem/platform';

/** Returns the refusal of a service that the tenant does not offer, with the services there are. */
export const unknownService = (status: 404 | 422, keys: readonly string[]): Problem =>
  new Problem(
    status,
    'unknown-service',
    'No such service',
    `There is no such service here. The services are: ${keys.join(', ')}.`,
    { services: keys },
  );
