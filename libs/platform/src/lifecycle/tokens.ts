/** Injection token: the validated configuration of the service. */
export const CONFIG = Symbol('CONFIG');
