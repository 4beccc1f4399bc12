/** Injection token of the Redis connection for commands. */
export const REDIS = Symbol('REDIS');
