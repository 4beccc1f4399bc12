/**
 * What an API key permits: the business API, reading calls and changing those that run, their recordings, and
 * what operators set.
 */
export const API_SCOPES = [
  'crm:read',
  'crm:write',
  'calls:read',
  'calls:control',
  'recordings:read',
  'recordings:delete',
  'admin:read',
  'admin:write',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];
