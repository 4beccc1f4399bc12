import { Problem } from '../http/problem.ts';

/** A service token outlives its tenant by seconds at most; an API key does not. */
export const tenantNotFound = () =>
  new Problem(
    403,
    'tenant-gone',
    'Not allowed',
    'The tenant this credential belongs to does not exist any more.',
  );
