/** Injection token of the Redis connection that commands go over. */
export const REDIS = Symbol('REDIS');
