/**
 * Fragment of the webhook addresses of a number, as in the README: the carrier retries after any failure, and
 * waits at most 5 s for a response.
 */
export const NUMBER_SETTINGS = '#rc=2&rp=all&ct=2000&rt=5000';
