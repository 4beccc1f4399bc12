import type { ApiScope } from '@tandem/database';

/** The scopes an API key needs to read and change the configuration of a tenant. */
export const ADMIN_SCOPES = { read: 'admin:read', write: 'admin:write' } as const satisfies Record<
  string,
  ApiScope
>;
