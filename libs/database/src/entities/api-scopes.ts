/**
 * Permissions of an API key: the business API, reading calls, changing live ones and placing new ones,
 * recordings, and the settings of operators.
 */
export const API_SCOPES = [
  'crm:read',
  'crm:write',
  'calls:read',
  'calls:control',
  'calls:place',
  'recordings:read',
  'recordings:delete',
  'admin:read',
  'admin:write',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];
