import type { ApiScope } from './api-scopes.ts';

const VIEWER = ['calls:read', 'analytics:read'] as const;
const OPERATOR = [
  ...VIEWER,
  'transcripts:read',
  'crm:read',
  'crm:write',
  'callbacks:write',
  'calls:annotate',
] as const;
const SUPERVISOR = [...OPERATOR, 'recordings:read', 'calls:control', 'calls:listen', 'calls:talk'] as const;

/**
 * The scopes of each role. An auditor reads what was done and writes nothing; an admin does not read it, so
 * that those who act and those who check can be two people.
 */
export const ROLE_SCOPES = {
  viewer: VIEWER,
  operator: OPERATOR,
  supervisor: SUPERVISOR,
  admin: [
    ...SUPERVISOR,
    'calls:place',
    'recordings:delete',
    'knowledge:read',
    'knowledge:write',
    'admin:read',
    'admin:write',
    'users:write',
    'keys:write',
  ],
  auditor: ['calls:read', 'transcripts:read', 'recordings:read', 'audit:read'],
} as const satisfies Record<string, readonly ApiScope[]>;

export type UserRole = keyof typeof ROLE_SCOPES;
export const USER_ROLES = Object.keys(ROLE_SCOPES) as [UserRole, ...UserRole[]];
