import type { ApiScope } from '@tandem/database';

/** What an API key needs to see, and to set, how calls are taken. */
export const ADMIN_SCOPES = { read: 'admin:read', write: 'admin:write' } as const satisfies Record<
  string,
  ApiScope
>;
