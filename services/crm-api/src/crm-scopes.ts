import type { ApiScope } from '@tandem/database';

/** The scopes an API key needs for crm-api. */
export const CRM_SCOPES = { read: 'crm:read', write: 'crm:write' } as const satisfies Record<
  string,
  ApiScope
>;
