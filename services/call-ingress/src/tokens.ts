/** Injection tokens of what is made outside the container. */
export const REDIS = Symbol('REDIS');
export const DATA_SOURCE = Symbol('DATA_SOURCE');
