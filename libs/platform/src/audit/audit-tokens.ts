/** Injection tokens: the audit log, and the acts of the service's routes. */
export const AUDIT_TRAIL = Symbol('AUDIT_TRAIL');
export const ROUTE_ACTS = Symbol('ROUTE_ACTS');
