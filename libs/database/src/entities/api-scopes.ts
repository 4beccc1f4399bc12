/**
 * Permissions of API keys and of roles: the business API, reading calls and what was said in them, changing,
 * hearing and joining live ones, adding to the records of ended ones, placing new ones, recordings, figures,
 * knowledge, the settings of operators, the list of what was done, and the users and API keys of the tenant.
 */
export const TENANT_SCOPES = [
  'crm:read',
  'crm:write',
  'calls:read',
  'transcripts:read',
  'calls:control',
  'calls:listen',
  'calls:talk',
  'calls:annotate',
  'calls:place',
  'callbacks:write',
  'recordings:read',
  'recordings:delete',
  'analytics:read',
  'knowledge:read',
  'knowledge:write',
  'admin:read',
  'admin:write',
  'audit:read',
  'users:write',
  'keys:write',
] as const;

/** `platform:admin` is for those who run the installation: it makes tenants and lists them all. */
export const API_SCOPES = [...TENANT_SCOPES, 'platform:admin'] as const;
export type ApiScope = (typeof API_SCOPES)[number];
