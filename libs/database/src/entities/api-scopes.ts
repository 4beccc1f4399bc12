/**
 * Permissions of an API key: the business API, reading calls, changing live ones and placing new ones,
 * recordings, the settings of operators, other API keys of the tenant, and its audit log.
 */
export const TENANT_SCOPES = [
  'crm:read',
  'crm:write',
  'calls:read',
  'calls:control',
  'calls:place',
  'recordings:read',
  'recordings:delete',
  'admin:read',
  'admin:write',
  'keys:write',
  'audit:read',
] as const;

/** `platform:admin` is for those who run the installation: it makes tenants and lists them all. */
export const API_SCOPES = [...TENANT_SCOPES, 'platform:admin'] as const;
export type ApiScope = (typeof API_SCOPES)[number];
