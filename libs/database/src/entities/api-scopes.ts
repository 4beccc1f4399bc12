/**
 * Permissions of an API key: the business API, reading calls, changing live ones, adding to the records of
 * ended ones and placing new ones, unheard words, recordings, the settings of operators, and other API keys
 * of the tenant.
 */
export const TENANT_SCOPES = [
  'crm:read',
  'crm:write',
  'calls:read',
  'calls:control',
  'calls:annotate',
  'calls:place',
  'transcripts:read',
  'recordings:read',
  'recordings:delete',
  'admin:read',
  'admin:write',
  'keys:write',
] as const;

/** `platform:admin` is for those who run the installation: it makes tenants and lists them all. */
export const API_SCOPES = [...TENANT_SCOPES, 'platform:admin'] as const;
export type ApiScope = (typeof API_SCOPES)[number];
