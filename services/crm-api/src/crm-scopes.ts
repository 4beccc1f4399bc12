import type { ApiScope } from '@tandem/database';

/** What an API key needs here. */
export const CRM_SCOPES = { read: 'crm:read', write: 'crm:write' } as const satisfies Record<
  string,
  ApiScope
>;
