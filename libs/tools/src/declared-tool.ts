/* The words and times that tools have in common which their agent declares. */

/** Time after its timeout for which the outcome of a request that changes something is still told. */
export const LATE_MS = 60_000;
/** For a request that may have changed something although its answer says that it failed. */
export const PERHAPS_DONE =
  'The system could not do this just now. Do not say that it was done. Tell the caller so and offer ' +
  'another way.';
export const REFUSED_BY_DEFAULT =
  'The system refused this. Check the arguments with the caller, or offer another way.';
export const DONE = { done: true } as const;
