import { randomUUID } from 'node:crypto';
import { ZONE_RULES, type OwnedPlaces } from '../zones/test/zone-routes.ts';
import { CALENDAR_RULES } from './calendar-rules.ts';
import { nineOclock } from './running-crm.ts';

/** The result of each route for a principal of another tenant. */
export interface RouteRule {
  readonly path: (own: Owned) => string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** 404: hidden from them. 'own': they see or create only data of their own tenant. */
  readonly stranger: 404 | 'own';
}

export interface Owned extends OwnedPlaces {
  readonly contactId: string;
  readonly bookingId: string;
  readonly serviceId: string;
  readonly resourceId: string;
  readonly leadId: string;
  readonly staffMessageId: string;
  readonly waitingId: string;
}

/** Every route. */
export const RULES: Record<string, RouteRule> = {
  'GET /v1/contacts': { path: () => '/v1/contacts?phone=%2B12025550123', stranger: 'own' },
  'POST /v1/contacts': { path: () => '/v1/contacts', body: { phone: '+12025550123' }, stranger: 'own' },
  'POST /v1/contacts/import': {
    path: () => '/v1/contacts/import',
    body: 'phone\r\n+12025550188\r\n',
    headers: { 'content-type': 'text/csv' },
    stranger: 'own',
  },
  'GET /v1/contacts.csv': { path: () => '/v1/contacts.csv', stranger: 'own' },
  'GET /v1/bookings.csv': { path: () => '/v1/bookings.csv', stranger: 'own' },
  'GET /v1/leads.csv': { path: () => '/v1/leads.csv', stranger: 'own' },
  'GET /v1/services.csv': { path: () => '/v1/services.csv', stranger: 'own' },
  'GET /v1/contacts/{id}': { path: (own) => `/v1/contacts/${own.contactId}`, stranger: 404 },
  'PATCH /v1/contacts/{id}': {
    path: (own) => `/v1/contacts/${own.contactId}`,
    body: { name: 'Mine now' },
    stranger: 404,
  },
  'POST /v1/contacts/{id}/merge': {
    path: (own) => `/v1/contacts/${own.contactId}/merge`,
    body: { into: randomUUID() },
    stranger: 404,
  },
  'GET /v1/contacts/{id}/history': { path: (own) => `/v1/contacts/${own.contactId}/history`, stranger: 404 },
  'GET /v1/contacts/{id}/consents/{purpose}': {
    path: (own) => `/v1/contacts/${own.contactId}/consents/sms`,
    stranger: 404,
  },
  'PUT /v1/contacts/{id}/consents/{purpose}': {
    path: (own) => `/v1/contacts/${own.contactId}/consents/sms`,
    body: { state: 'granted', source: 'spec' },
    stranger: 404,
  },
  'PATCH /v1/services/{id}': {
    path: (own) => `/v1/services/${own.serviceId}`,
    body: { noticeMinutes: 60 },
    stranger: 404,
  },
  'GET /v1/services': { path: () => '/v1/services', stranger: 'own' },
  'POST /v1/services': {
    path: () => '/v1/services',
    body: { key: 'heating', name: 'Heating', durationMinutes: 60 },
    stranger: 'own',
  },
  'GET /v1/services/{id}': { path: (own) => `/v1/services/${own.serviceId}`, stranger: 404 },
  'DELETE /v1/services/{id}': { path: (own) => `/v1/services/${own.serviceId}`, stranger: 404 },
  'GET /v1/resources': { path: () => '/v1/resources', stranger: 'own' },
  'POST /v1/resources': { path: () => '/v1/resources', body: { name: 'Room 1' }, stranger: 'own' },
  'GET /v1/resources/{id}': { path: (own) => `/v1/resources/${own.resourceId}`, stranger: 404 },
  'PATCH /v1/resources/{id}': {
    path: (own) => `/v1/resources/${own.resourceId}`,
    body: { name: 'Mine now' },
    stranger: 404,
  },
  'DELETE /v1/resources/{id}': { path: (own) => `/v1/resources/${own.resourceId}`, stranger: 404 },
  'GET /v1/resources/{id}/leave': { path: (own) => `/v1/resources/${own.resourceId}/leave`, stranger: 404 },
  'POST /v1/resources/{id}/leave': {
    path: (own) => `/v1/resources/${own.resourceId}/leave`,
    body: { start: '2027-03-01T00:00', end: '2027-03-02T00:00', reason: 'Training' },
    stranger: 404,
  },
  'DELETE /v1/resources/{id}/leave/{leaveId}': {
    path: (own) => `/v1/resources/${own.resourceId}/leave/${own.bookingId}`,
    stranger: 404,
  },
  'GET /v1/resources/{id}/calendar-feed': {
    path: (own) => `/v1/resources/${own.resourceId}/calendar-feed`,
    stranger: 404,
  },
  'PUT /v1/resources/{id}/calendar-feed': {
    path: (own) => `/v1/resources/${own.resourceId}/calendar-feed`,
    body: { detail: 'full' },
    stranger: 404,
  },
  'POST /v1/resources/{id}/calendar-feed/rotate': {
    path: (own) => `/v1/resources/${own.resourceId}/calendar-feed/rotate`,
    stranger: 404,
  },
  'DELETE /v1/resources/{id}/calendar-feed': {
    path: (own) => `/v1/resources/${own.resourceId}/calendar-feed`,
    stranger: 404,
  },
  'GET /v1/availability': {
    path: () => `/v1/availability?service=plumbing&date=${nineOclock(3).slice(0, 10)}`,
    stranger: 'own',
  },
  'POST /v1/bookings': {
    path: () => '/v1/bookings',
    body: { service: 'plumbing', start: nineOclock(3) },
    stranger: 'own',
  },
  'POST /v1/messages': {
    path: () => '/v1/messages',
    body: { channel: 'sms', from: '+12025550100', to: '+12025550123', text: 'Hello' },
    stranger: 'own',
  },
  'GET /v1/bookings': { path: () => '/v1/bookings', stranger: 'own' },
  'GET /v1/bookings/{id}': { path: (own) => `/v1/bookings/${own.bookingId}`, stranger: 404 },
  'PATCH /v1/bookings/{id}': {
    path: (own) => `/v1/bookings/${own.bookingId}`,
    body: { start: nineOclock(4) },
    stranger: 404,
  },
  'POST /v1/leads': {
    path: () => '/v1/leads',
    body: { name: 'Kim', summary: 'Wants a quote for a boiler.' },
    stranger: 'own',
  },
  'GET /v1/leads': { path: () => '/v1/leads', stranger: 'own' },
  'GET /v1/leads/{id}': { path: (own) => `/v1/leads/${own.leadId}`, stranger: 404 },
  'PATCH /v1/leads/{id}': {
    path: (own) => `/v1/leads/${own.leadId}`,
    body: { stage: 'lost' },
    stranger: 404,
  },
  'POST /v1/staff-messages': {
    path: () => '/v1/staff-messages',
    body: { body: 'Please call about the invoice.' },
    stranger: 'own',
  },
  'GET /v1/staff-messages': { path: () => '/v1/staff-messages', stranger: 'own' },
  'GET /v1/staff-messages/{id}': {
    path: (own) => `/v1/staff-messages/${own.staffMessageId}`,
    stranger: 404,
  },
  'PATCH /v1/staff-messages/{id}': {
    path: (own) => `/v1/staff-messages/${own.staffMessageId}`,
    body: { state: 'done' },
    stranger: 404,
  },
  ...CALENDAR_RULES,
  'DELETE /v1/bookings/{id}': { path: (own) => `/v1/bookings/${own.bookingId}`, stranger: 404 },
  ...ZONE_RULES,
};
