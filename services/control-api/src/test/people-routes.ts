import { randomUUID } from 'node:crypto';
import type { RouteRule } from './route-rule.ts';

/** Routes of users and API keys, and of what is a user’s own. */
export const PEOPLE_ROUTES: Readonly<Record<string, RouteRule>> = {
  'POST /v1/api-keys': {
    path: () => '/v1/api-keys',
    body: { name: 'Reception', scopes: ['calls:read'] },
    scope: 'keys',
    stranger: [201],
  },
  'DELETE /v1/api-keys/{id}': {
    path: (own) => `/v1/api-keys/${own.apiKeyId}`,
    scope: 'keys',
    stranger: [204],
  },
  'GET /v1/me': { path: () => '/v1/me', scope: 'own', stranger: [403] },
  'PUT /v1/me/password': {
    path: () => '/v1/me/password',
    body: { password: 'a password for specs' },
    scope: 'own',
    stranger: [403],
  },
  'POST /v1/me/totp': { path: () => '/v1/me/totp', body: {}, scope: 'own', stranger: [403] },
  'DELETE /v1/me/totp': { path: () => '/v1/me/totp', scope: 'own', stranger: [403] },
  'GET /v1/me/sessions': { path: () => '/v1/me/sessions', scope: 'own', stranger: [403] },
  'DELETE /v1/me/sessions/{id}': {
    path: () => `/v1/me/sessions/${randomUUID()}`,
    scope: 'own',
    stranger: [403],
  },
  'POST /v1/session/reauthentication': {
    path: () => '/v1/session/reauthentication',
    body: { password: 'a wrong password' },
    scope: 'own',
    stranger: [403],
  },
  'DELETE /v1/session': { path: () => '/v1/session', scope: 'own', stranger: [403] },
  'POST /v1/users': {
    path: () => '/v1/users',
    body: { email: 'robin@example.com', name: 'Robin', role: 'viewer' },
    scope: 'users',
    stranger: [201, 409],
  },
  'GET /v1/users/{id}': { path: (own) => `/v1/users/${own.userId}`, scope: 'users', stranger: [404] },
  'PATCH /v1/users/{id}': {
    path: (own) => `/v1/users/${own.userId}`,
    body: { name: 'Mine now' },
    scope: 'users',
    stranger: [404],
  },
  'DELETE /v1/users/{id}': { path: (own) => `/v1/users/${own.userId}`, scope: 'users', stranger: [204] },
  'POST /v1/users/{id}/link': {
    path: (own) => `/v1/users/${own.userId}/link`,
    scope: 'users',
    stranger: [404],
  },
};
