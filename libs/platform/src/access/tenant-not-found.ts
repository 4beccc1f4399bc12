import { Problem } from '../http/problem.ts';

/**
 * Returns the refusal of a credential whose tenant was deleted; a service token can outlive it by seconds.
 */
export const tenantNotFound = () =>
  new Problem(
    403,
    'tenant-gone',
    'Not allowed',
    'The tenant this credential belongs to does not exist any more.',
  );
