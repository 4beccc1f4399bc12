import { randomUUID } from 'node:crypto';
import type { RouteRule } from './route-rule.ts';

/** Routes of the timeline of calls, and of what people add to their records. */
export const CALL_ROUTES: Readonly<Record<string, RouteRule>> = {
  'GET /v1/calls': { path: () => '/v1/calls', scope: 'calls', stranger: [200] },
  'GET /v1/calls/{callId}/timeline': {
    path: () => `/v1/calls/${randomUUID()}/timeline`,
    scope: 'transcripts',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/turns': {
    path: () => `/v1/calls/${randomUUID()}/turns`,
    scope: 'transcripts',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/export': {
    path: () => `/v1/calls/${randomUUID()}/export`,
    scope: 'transcripts',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/disposition': {
    path: () => `/v1/calls/${randomUUID()}/disposition`,
    scope: 'annotations',
    stranger: [404],
  },
  'PUT /v1/calls/{callId}/disposition': {
    path: () => `/v1/calls/${randomUUID()}/disposition`,
    body: { outcome: 'booked', reason: 'It was.' },
    scope: 'annotations',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/notes': {
    path: () => `/v1/calls/${randomUUID()}/notes`,
    scope: 'annotations',
    stranger: [404],
  },
  'POST /v1/calls/{callId}/notes': {
    path: () => `/v1/calls/${randomUUID()}/notes`,
    body: { text: 'Called back.' },
    scope: 'annotations',
    stranger: [404],
  },
  'GET /v1/calls/{callId}/tags': {
    path: () => `/v1/calls/${randomUUID()}/tags`,
    scope: 'annotations',
    stranger: [404],
  },
  'PUT /v1/calls/{callId}/tags': {
    path: () => `/v1/calls/${randomUUID()}/tags`,
    body: { tags: ['complaint'] },
    scope: 'annotations',
    stranger: [404],
  },
  'DELETE /v1/calls/{callId}/notes/{noteId}': {
    path: () => `/v1/calls/${randomUUID()}/notes/${randomUUID()}`,
    scope: 'annotations',
    stranger: [204],
  },
  'GET /v1/recordings/{recordingId}/peaks': {
    path: () => `/v1/recordings/${randomUUID()}/peaks`,
    scope: 'recordings',
    stranger: [404],
  },
};
