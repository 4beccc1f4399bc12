import { randomUUID } from 'node:crypto';
import type { ApiScope } from '@tandem/database';
import { CALL_ROUTES } from './call-routes.ts';
import { AGENT_CONTENT, DEPARTMENT } from './given.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import type { RouteRule, Scopes } from './route-rule.ts';

const CALENDAR_LOGIN = { username: 'maria', password: 'a password' };

const CRM_SETTINGS = { events: { 'lead.created': { send: { url: 'https://crm.example.com/leads' } } } };
/** Connections are of no operator here: that they are of one tenant is told beside them. */
const crmPath = (rest: string) => () => `/v1/crm-connections/00000000-0000-4000-8000-000000000000${rest}`;

/**
 * Routes with a request of their owner; another tenant gets one of the statuses in `stranger`. A read of the
 * administration without parameters needs no entry.
 */
export const ROUTES: Readonly<Record<string, RouteRule>> = {
  ...PEOPLE_ROUTES,
  'POST /v1/agents': { path: () => '/v1/agents', body: { name: 'Tom' }, scope: 'admin', stranger: [201] },
  'GET /v1/agents/{id}': { path: (own) => `/v1/agents/${own.agentId}`, scope: 'admin', stranger: [404] },
  'PATCH /v1/agents/{id}': {
    path: (own) => `/v1/agents/${own.agentId}`,
    body: { name: 'Mine now' },
    scope: 'admin',
    stranger: [404],
  },
  'DELETE /v1/agents/{id}': { path: (own) => `/v1/agents/${own.agentId}`, scope: 'admin', stranger: [404] },
  'GET /v1/agents/{id}/versions': {
    path: (own) => `/v1/agents/${own.agentId}/versions`,
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/agents/{id}/versions/{version}': {
    path: (own) => `/v1/agents/${own.agentId}/versions/1`,
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/agents/{id}/versions': {
    path: (own) => `/v1/agents/${own.agentId}/versions`,
    body: AGENT_CONTENT,
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/agents/{id}/mcp/refresh': {
    path: (own) => `/v1/agents/${own.agentId}/mcp/refresh`,
    scope: 'admin',
    stranger: [404],
  },
  'PUT /v1/web-search': {
    path: () => '/v1/web-search',
    body: { denied: ['example.com'] },
    scope: 'admin',
    stranger: [200],
  },
  'PATCH /v1/tenant': { path: () => '/v1/tenant', body: { language: 'en' }, scope: 'admin', stranger: [200] },
  'GET /v1/tenants': { path: () => '/v1/tenants', scope: 'platform', stranger: [403] },
  'POST /v1/tenants': {
    path: () => '/v1/tenants',
    body: { name: 'Another', timeZone: 'Europe/Berlin' },
    scope: 'platform',
    stranger: [403],
  },
  'POST /v1/closed-dates': {
    path: () => '/v1/closed-dates',
    body: { date: '2026-12-25', name: 'Christmas Day' },
    scope: 'admin',
    stranger: [201],
  },
  'DELETE /v1/closed-dates/{date}': {
    path: () => '/v1/closed-dates/2026-12-25',
    scope: 'admin',
    stranger: [204],
  },
  'POST /v1/numbers': {
    path: () => '/v1/numbers',
    body: { e164: '+12025550400' },
    scope: 'admin',
    stranger: [201],
  },
  'GET /v1/numbers/{id}': { path: (own) => `/v1/numbers/${own.numberId}`, scope: 'admin', stranger: [404] },
  'DELETE /v1/numbers/{id}': {
    path: (own) => `/v1/numbers/${own.numberId}`,
    scope: 'admin',
    stranger: [204],
  },
  'GET /v1/numbers/{id}/opening-hours': {
    path: (own) => `/v1/numbers/${own.numberId}/opening-hours`,
    scope: 'admin',
    stranger: [404],
  },
  'PUT /v1/numbers/{id}/opening-hours': {
    path: (own) => `/v1/numbers/${own.numberId}/opening-hours`,
    body: { hours: [{ weekday: 1, opens: '08:00', closes: '17:00' }] },
    scope: 'admin',
    stranger: [404],
  },
  'PATCH /v1/numbers/{id}': {
    path: (own) => `/v1/numbers/${own.numberId}`,
    body: { language: 'es' },
    scope: 'admin',
    stranger: [404],
  },
  'PUT /v1/caller-groups/{key}': {
    path: () => '/v1/caller-groups/vip',
    body: { name: 'VIP' },
    scope: 'admin',
    stranger: [204],
  },
  'DELETE /v1/caller-groups/{key}': { path: () => '/v1/caller-groups/vip', scope: 'admin', stranger: [204] },
  'GET /v1/caller-groups/{key}/members': {
    path: () => '/v1/caller-groups/vip/members',
    scope: 'admin',
    stranger: [404],
  },
  'PUT /v1/caller-groups/{key}/members/{pattern}': {
    path: () => '/v1/caller-groups/vip/members/%2B12025550123',
    scope: 'admin',
    stranger: [404],
  },
  'DELETE /v1/caller-groups/{key}/members/{pattern}': {
    path: () => '/v1/caller-groups/vip/members/%2B12025550123',
    scope: 'admin',
    stranger: [204],
  },
  'PUT /v1/blocked-callers/{pattern}': {
    path: () => '/v1/blocked-callers/%2B12025550166',
    body: {},
    scope: 'admin',
    stranger: [204],
  },
  'DELETE /v1/blocked-callers/{pattern}': {
    path: () => '/v1/blocked-callers/%2B12025550166',
    scope: 'admin',
    stranger: [204],
  },
  'PUT /v1/departments/{key}': {
    path: () => '/v1/departments/sales',
    body: DEPARTMENT,
    scope: 'admin',
    stranger: [204],
  },
  'DELETE /v1/departments/{key}': { path: () => '/v1/departments/sales', scope: 'admin', stranger: [204] },
  'POST /v1/webhook-endpoints': {
    path: () => '/v1/webhook-endpoints',
    body: { url: 'https://hooks.example.com/' },
    scope: 'admin',
    stranger: [201],
  },
  'GET /v1/webhook-endpoints/{id}': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}`,
    scope: 'admin',
    stranger: [404],
  },
  'PATCH /v1/webhook-endpoints/{id}': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}`,
    body: { isEnabled: false },
    scope: 'admin',
    stranger: [404],
  },
  'DELETE /v1/webhook-endpoints/{id}': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}`,
    scope: 'admin',
    stranger: [204],
  },
  'GET /v1/webhook-endpoints/{id}/secret': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/secret`,
    scope: 'secrets',
    stranger: [404],
  },
  'POST /v1/webhook-endpoints/{id}/secret': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/secret`,
    scope: 'secrets',
    stranger: [404],
  },
  'POST /v1/webhook-endpoints/{id}/test': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/test`,
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/webhook-endpoints/{id}/deliveries': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/deliveries`,
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/webhook-endpoints/{id}/replay': {
    path: (own) => `/v1/webhook-endpoints/${own.endpointId}/replay`,
    body: {},
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/crm-connections': {
    path: () => '/v1/crm-connections',
    body: { kind: 'generic', name: 'CRM', settings: CRM_SETTINGS },
    scope: 'admin',
    stranger: [201],
  },
  'POST /v1/crm-connections/preview': {
    path: () => '/v1/crm-connections/preview',
    body: { event: 'lead.created', settings: CRM_SETTINGS },
    scope: 'admin',
    stranger: [200],
  },
  'GET /v1/crm-connections/{id}': { path: crmPath(''), scope: 'admin', stranger: [404] },
  'PATCH /v1/crm-connections/{id}': {
    path: crmPath(''),
    body: { isEnabled: false },
    scope: 'admin',
    stranger: [404],
  },
  'DELETE /v1/crm-connections/{id}': { path: crmPath(''), scope: 'admin', stranger: [204] },
  'POST /v1/crm-connections/{id}/test': { path: crmPath('/test'), scope: 'admin', stranger: [404] },
  'POST /v1/crm-connections/{id}/preview': {
    path: crmPath('/preview'),
    body: { event: 'lead.created' },
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/crm-connections/{id}/deliveries': {
    path: crmPath('/deliveries'),
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/crm-connections/{id}/replay': {
    path: crmPath('/replay'),
    body: {},
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/audit': { path: () => '/v1/audit?act=webhook-endpoint.created', scope: 'audit', stranger: [200] },
  'GET /v1/secrets/{name}': { path: () => '/v1/secrets/OWN', scope: 'admin', stranger: [404] },
  'PUT /v1/secrets/{name}': {
    path: () => '/v1/secrets/OWN',
    body: { value: 'Very own' },
    scope: 'admin',
    stranger: [204],
  },
  'DELETE /v1/secrets/{name}': { path: () => '/v1/secrets/OWN', scope: 'admin', stranger: [204] },
  'POST /v1/calendar-connections': {
    path: () => '/v1/calendar-connections',
    body: { resource: randomUUID(), kind: 'caldav', address: 'https://example.com/', ...CALENDAR_LOGIN },
    scope: 'admin',
    stranger: [422],
  },
  'GET /v1/calendar-connections/{id}': {
    path: () => `/v1/calendar-connections/${randomUUID()}`,
    scope: 'admin',
    stranger: [404],
  },
  'PUT /v1/calendar-connections/{id}/credentials': {
    path: () => `/v1/calendar-connections/${randomUUID()}/credentials`,
    body: CALENDAR_LOGIN,
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/calendar-connections/{id}/authorize': {
    path: () => `/v1/calendar-connections/${randomUUID()}/authorize`,
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/calendar-connections/{id}/test': {
    path: () => `/v1/calendar-connections/${randomUUID()}/test`,
    scope: 'admin',
    stranger: [404],
  },
  'DELETE /v1/calendar-connections/{id}': {
    path: () => `/v1/calendar-connections/${randomUUID()}`,
    scope: 'admin',
    stranger: [204],
  },
  'GET /v1/spending': { path: () => '/v1/spending?month=2026-11', scope: 'admin', stranger: [200] },
  'PUT /v1/spending/budget': {
    path: () => '/v1/spending/budget',
    body: { dailyUsd: 10, monthlyUsd: null },
    scope: 'admin',
    stranger: [200],
  },
  'POST /v1/dead-letters/{queue}/retry': {
    path: () => '/v1/dead-letters/messages/retry',
    scope: 'admin',
    stranger: [200],
  },
  'POST /v1/dead-letters/{queue}/{id}/retry': {
    path: () => `/v1/dead-letters/messages/message_${randomUUID()}/retry`,
    scope: 'admin',
    stranger: [404],
  },
  ...CALL_ROUTES,
  'GET /v1/calls/analyses.csv': {
    path: () => '/v1/calls/analyses.csv?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z',
    scope: 'transcripts',
    stranger: [200],
  },
  'POST /v1/call-analyses': {
    path: () => '/v1/call-analyses',
    body: { callIds: [randomUUID()] },
    scope: 'admin',
    stranger: [201],
  },
  'GET /v1/call-analyses/{id}': {
    path: () => `/v1/call-analyses/${randomUUID()}`,
    scope: 'admin',
    stranger: [404],
  },
  'POST /v1/call-analyses/{id}/cancel': {
    path: () => `/v1/call-analyses/${randomUUID()}/cancel`,
    scope: 'admin',
    stranger: [404],
  },
  'GET /v1/messages': { path: () => '/v1/messages', scope: 'transcripts', stranger: [200] },
  'GET /v1/live-calls': { path: () => '/v1/live-calls', scope: 'calls', stranger: [200] },
  'GET /v1/waiting-calls': { path: () => '/v1/waiting-calls', scope: 'calls', stranger: [200] },
  'POST /v1/calls/{callId}/transfer': {
    path: () => `/v1/calls/${randomUUID()}/transfer`,
    body: { department: 'sales' },
    scope: 'calls',
    stranger: [404],
  },
  'POST /v1/calls/{callId}/agent': {
    path: () => `/v1/calls/${randomUUID()}/agent`,
    body: { language: 'es' },
    scope: 'calls',
    stranger: [404],
  },
  'POST /v1/calls/{callId}/end': {
    path: () => `/v1/calls/${randomUUID()}/end`,
    scope: 'calls',
    stranger: [404],
  },
  'POST /v1/calls/{callId}/recording': {
    path: () => `/v1/calls/${randomUUID()}/recording`,
    body: { state: 'paused' },
    scope: 'calls',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/recordings/{recordingId}/audio': {
    path: () => `/v1/calls/${randomUUID()}/recordings/${randomUUID()}/audio`,
    scope: 'recordings',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/recordings/{recordingId}/integrity': {
    path: () => `/v1/calls/${randomUUID()}/recordings/${randomUUID()}/integrity`,
    scope: 'recordings',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/recordings/{recordingId}/accesses': {
    path: () => `/v1/calls/${randomUUID()}/recordings/${randomUUID()}/accesses`,
    scope: 'recordings',
    stranger: [404],
  },
  'DELETE /v1/calls/{callId}/recordings/{recordingId}': {
    path: () => `/v1/calls/${randomUUID()}/recordings/${randomUUID()}`,
    scope: 'recordings',
    stranger: [404],
  },
  // Not configured here.
  'POST /v1/voice-tokens': {
    path: () => '/v1/voice-tokens',
    body: { identity: 'ada' },
    scope: 'place',
    stranger: [409],
  },
  'GET /v1/calls/{callId}': { path: () => `/v1/calls/${randomUUID()}`, scope: 'calls', stranger: [404] },
};

/** Null for what is every user’s own, and no key’s. */
export const SCOPES_OF: Record<Scopes, { read: ApiScope; write: ApiScope } | null> = {
  admin: { read: 'admin:read', write: 'admin:write' },
  audit: { read: 'audit:read', write: 'audit:read' },
  annotations: { read: 'calls:read', write: 'calls:annotate' },
  calls: { read: 'calls:read', write: 'calls:control' },
  keys: { read: 'admin:read', write: 'keys:write' },
  own: null,
  place: { read: 'calls:place', write: 'calls:place' },
  platform: { read: 'platform:admin', write: 'platform:admin' },
  recordings: { read: 'recordings:read', write: 'recordings:delete' },
  secrets: { read: 'admin:write', write: 'admin:write' },
  transcripts: { read: 'transcripts:read', write: 'transcripts:read' },
  users: { read: 'admin:read', write: 'users:write' },
};

/** Returns the rule of a route; undefined for one that needs an entry and has none. */
export function ruleOf(route: string): RouteRule | undefined {
  const [, path] = /^GET (\/v1\/[a-z/-]+)$/.exec(route) ?? [];
  return ROUTES[route] ?? (path ? { path: () => path, scope: 'admin', stranger: [200] } : undefined);
}

export const OPEN_ROUTES = [
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'GET /oauth/calendar/callback',
  'GET /v1/session/providers',
  'POST /v1/session',
  'POST /v1/session/link',
  'GET /v1/session/oidc/start',
  'GET /v1/session/oidc/callback',
];
